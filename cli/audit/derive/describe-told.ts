import type { Answer, Verdict } from '../command.ts'
import type { Journal } from '../journal/read-journal.ts'
import type { JudgedLeg } from './compare-derived.ts'
import type { DerivedQuestion } from './derive-question.ts'

/** What `istmo audit derive` says of questions. */

/** What is said of one question. `requestId`: null if its entry is not known. */
export interface Told {
  readonly jti: string
  readonly requestId: string | null
  readonly verdict: Verdict
  readonly derived: DerivedQuestion
}

const WORDS = {
  FOLLOWS: 'follows',
  TEXT_FOLLOWS: 'could not tell',
  DOES_NOT_FOLLOW: 'DOES NOT FOLLOW',
  MISSING: 'MISSING',
  NOT_ASKED: 'not asked',
  UNKNOWN: 'could not tell',
} as const satisfies Record<JudgedLeg['verdict'], string>

const ENDS = {
  HOLDS: 'HOLDS: each leg follows from what the officer signed, and none is missing.',
  FAILS: 'DOES NOT HOLD.',
  UNTOLD: 'COULD NOT TELL all of it.',
} as const satisfies Record<Verdict, string>

/** Makes the answer of the command. A line that nobody signed makes it fail; a torn line is only told. */
export function toAnswer({ faults }: Journal, told: readonly Told[]): Answer {
  const invalid = faults.filter(({ kind }) => kind === 'INVALID')
  const verdicts = new Set(told.map(({ verdict }) => verdict))
  const fails = verdicts.has('FAILS') || invalid.length > 0
  const verdict = fails ? 'FAILS' : verdicts.has('UNTOLD') ? 'UNTOLD' : 'HOLDS'
  const lines = [
    ...faults.map(
      ({ line, kind, reason }) =>
        `line ${line} of the journal: ${kind === 'TORN' ? 'torn, and left out' : 'NOT VALID'}: ${reason}`,
    ),
    ...told.flatMap(describeQuestion),
    ENDS[verdict],
  ]
  const questions = told.map(({ derived, ...each }) => ({ ...each, ...derived }))
  const json = { questions, faults }
  if (verdict !== 'UNTOLD') return { verdict, text: lines.join('\n'), json }
  const reasons = told.flatMap(({ derived }) => [
    ...derived.untold,
    ...derived.legs
      .filter((leg) => WORDS[leg.verdict] === WORDS.UNKNOWN)
      .map(({ country, domain, why }) => `${country} ${domain}: ${why}`),
  ])
  return { verdict, text: lines.join('\n'), json: { ...json, reason: reasons[0] } }
}

function describeQuestion({ jti, requestId, derived: { legs, findings, untold } }: Told): readonly string[] {
  return [
    `question ${jti}, request ${requestId ?? 'unknown'}: ${legs.length} legs`,
    ...findings.map((each) => `  ${each}`),
    ...legs.map(
      ({ country, domain, verdict, why }) =>
        `  ${country ?? '-'} ${domain}: ${WORDS[verdict]}${why === '' ? '' : `: ${why}`}`,
    ),
    ...untold.map((each) => `  could not tell: ${each}`),
  ]
}
