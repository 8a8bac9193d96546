/** A node that does not hold itself to what an officer signed, or counts wrongly what it gives. */
import { isDeepStrictEqual } from 'node:util'
import { codesOf, isRefused, type Leg, type QuestionFault, type Reply } from '../../../joining/conformance/leg.ts'
import { mistaking, refusing, variablesOf, type Wrong } from './damage.ts'

const FAULTS: Readonly<Record<string, QuestionFault>> = {
  'questions.other-key': 'QUESTION_KEY_UNKNOWN',
  'questions.changed': 'QUESTION_CHANGED',
  'questions.other-token': 'QUESTION_OF_OTHER_TOKEN',
  'questions.old': 'QUESTION_OLD',
  'questions.future': 'QUESTION_FROM_THE_FUTURE',
  'questions.other-country': 'QUESTION_OF_OTHER_COUNTRY',
  'questions.other-purpose': 'QUESTION_OF_OTHER_PURPOSE',
}

const unsigned = ({ question: _, ...leg }: Leg): Leg => leg
const anyOfficer = ({ officer: _, ...leg }: Leg): Leg => leg

/** Whether a leg has other values than its question for one of these variables. */
const differsIn = ({ question, query, ...leg }: Leg, names: readonly string[]): boolean =>
  question?.document === query &&
  names.some((name) => !isDeepStrictEqual(question.variables[name], variablesOf({ query, ...leg })[name]))

const isOwn = (leg: Leg): boolean =>
  leg.question?.document === leg.query && leg.question.fault === undefined && leg.question.name === undefined

const QUESTIONS: Readonly<Record<string, Wrong>> = {
  'questions.answered': refusing((leg) => isOwn(leg) && isDeepStrictEqual(leg.question?.variables, leg.variables)),
  'questions.other-field': mistaking(
    (leg) => leg.question !== undefined && leg.question.document !== leg.query,
    unsigned,
  ),
  'questions.other-id': mistaking((leg) => differsIn(leg, ['id']), unsigned),
  'questions.other-values': mistaking((leg) => differsIn(leg, ['f', 's']), unsigned),
  ...Object.fromEntries(
    Object.entries(FAULTS).map(([id, fault]) => [id, mistaking(({ question }) => question?.fault === fault, unsigned)]),
  ),
  'questions.unsigned': mistaking(
    ({ isOfCase }) => isOfCase === true,
    ({ isOfCase: _, ...leg }) => leg,
  ),
  'quotas.rows': mistaking(({ officer }) => officer !== undefined, anyOfficer),
  'quotas.question': mistaking(({ question }) => question?.name !== undefined, unsigned),
}

/** Counts the rows of all officers together. */
function countingTogether(): Wrong {
  let spent: Reply | undefined
  return async (leg, next) => {
    const reply = leg.officer !== undefined && spent !== undefined ? spent : await next(leg)
    if (isRefused(reply) && codesOf(reply).includes('QUOTA_SPENT')) spent = reply
    return reply
  }
}

/** The mutants of questions and quotas, by the check that must catch them. */
export const QUESTION_MUTANTS: Readonly<Record<string, () => Wrong>> = {
  ...Object.fromEntries(Object.entries(QUESTIONS).map(([id, wrong]) => [id, () => wrong])),
  'quotas.apart': countingTogether,
}
