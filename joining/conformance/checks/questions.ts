import { both, same } from '../both.ts'
import { type Check, createTally, type World } from '../check.ts'
import { codesOf, dataOf, describeReply, isRefused, type LegQuestion, type QuestionFault, type Reply } from '../leg.ts'
import { type Asked, askedOf } from './asked-questions.ts'
import { absentId } from './found-records.ts'

/** Signed questions: a node gives what the officer asked and signed, and nothing else (docs/design/trust.md). */

const NO_RULES = both('a domain with rules', 'un dominio con reglas')

interface Sent {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly question: LegQuestion
}

const send = (world: World, { domain }: Asked, sent: Sent): Promise<Reply> =>
  world.ask({ domain, as: world.callers.reader, ...sent })

/** Whether a node refused a leg because it is not the officer's question. */
const isForeign = (reply: Reply): boolean =>
  reply.status === 403 && isRefused(reply) && codesOf(reply).every((code) => code === 'LEG_NOT_OF_QUESTION')

const answered: Check = {
  id: 'questions.answered',
  isOfNode: true,
  async run(world) {
    const tally = createTally()
    for (const asked of askedOf(world)) {
      const { byId, list, values } = asked
      const variables = { id: absentId(world) }
      const listed = { c: [world.facts.country], ...values[0] }
      const replies = [
        await send(world, asked, { query: byId, variables, question: { document: byId, variables } }),
        await send(world, asked, {
          query: list,
          variables: listed,
          question: { document: list, variables: listed },
        }),
      ]
      for (const reply of replies)
        tally.note(
          reply.status === 200 && dataOf(reply) !== undefined && codesOf(reply).length === 0,
          asked.coordinates[0] ?? asked.domain,
          same('HTTP 200'),
          same(describeReply(reply)),
        )
    }
    return tally.result(NO_RULES)
  },
}

interface ForeignCase {
  readonly name: string
  readonly sent: (world: World, asked: Asked) => Sent
}

/** Legs that ask something else than the question. */
const FOREIGN: readonly ForeignCase[] = [
  {
    name: 'other-field',
    sent: (world, { byId, wider }) => {
      const variables = { id: absentId(world) }
      return { query: wider, variables, question: { document: byId, variables } }
    },
  },
  {
    name: 'other-id',
    sent: (world, { byId }) => ({
      query: byId,
      variables: { id: absentId(world, 1) },
      question: { document: byId, variables: { id: absentId(world) } },
    }),
  },
  {
    name: 'other-values',
    sent: ({ facts }, { list, values: [signed, other] }) => {
      const c = [facts.country]
      return { query: list, variables: { c, ...other }, question: { document: list, variables: { c, ...signed } } }
    },
  },
]

function foreignCheck({ name, sent }: ForeignCase): Check {
  return {
    id: `questions.${name}`,
    isOfNode: true,
    async run(world) {
      const tally = createTally()
      for (const asked of askedOf(world)) {
        const reply = await send(world, asked, sent(world, asked))
        tally.note(isForeign(reply), asked.domain, same('HTTP 403, LEG_NOT_OF_QUESTION'), same(describeReply(reply)))
      }
      return tally.result(NO_RULES)
    },
  }
}

/** Questions that do not hold, by the end of the id of their check. */
const FAULTS: Readonly<Record<string, { readonly fault: QuestionFault }>> = {
  'other-key': {
    fault: 'QUESTION_KEY_UNKNOWN',
  },
  changed: {
    fault: 'QUESTION_CHANGED',
  },
  'other-token': {
    fault: 'QUESTION_OF_OTHER_TOKEN',
  },
  old: { fault: 'QUESTION_OLD' },
  future: { fault: 'QUESTION_FROM_THE_FUTURE' },
  'other-country': {
    fault: 'QUESTION_OF_OTHER_COUNTRY',
  },
  'other-purpose': {
    fault: 'QUESTION_OF_OTHER_PURPOSE',
  },
}

function faultCheck([name, { fault }]: readonly [string, (typeof FAULTS)[string]]): Check {
  return {
    id: `questions.${name}`,
    isOfNode: true,
    async run(world) {
      const tally = createTally()
      const [asked] = askedOf(world)
      if (asked === undefined) return tally.result(NO_RULES)
      const variables = { id: absentId(world) }
      const document = asked.byId
      const reply = await send(world, asked, { query: document, variables, question: { document, variables, fault } })
      tally.note(isForeign(reply), fault, same('HTTP 403, LEG_NOT_OF_QUESTION'), same(describeReply(reply)))
      return tally.result(NO_RULES)
    },
  }
}

const unsigned: Check = {
  id: 'questions.unsigned',
  isOfNode: true,
  async run(world) {
    const tally = createTally()
    for (const { domain, byId } of askedOf(world)) {
      const variables = { id: absentId(world) }
      const reply = await world.ask({ domain, query: byId, variables, as: world.callers.reader, isOfCase: true })
      tally.note(
        isRefused(reply) && codesOf(reply).includes('QUESTION_NOT_SIGNED'),
        domain,
        same('QUESTION_NOT_SIGNED'),
        same(describeReply(reply)),
      )
    }
    return tally.result(NO_RULES)
  },
}

/** The checks of signed questions. */
export const QUESTION_CHECKS: readonly Check[] = [
  answered,
  ...FOREIGN.map(foreignCheck),
  ...Object.entries(FAULTS).map(faultCheck),
  unsigned,
]
