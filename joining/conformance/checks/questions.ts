import { randomUUID } from 'node:crypto'
import type { Domain } from '../../../contract/domain.ts'
import { readWords } from '../../../contract/read-words.ts'
import { listOwnRecords } from '../../../contract/row-quota/own-records.ts'
import { type Check, judgeRefusal, makeChecks, once, type World } from '../check.ts'
import { TEST_LEGS_PER_QUESTION, TEST_ROWS_PER_DAY } from '../identity.ts'
import {
  codesOf,
  dataOf,
  describeReply,
  isRefused,
  type LegQuestion,
  QUESTION_FAULTS,
  type QuestionFault,
} from '../leg.ts'
import { pageRequest, publishes } from '../read.ts'
import { absentId } from './records.ts'

/** Signed questions: a node gives what the officer asked and signed, and nothing else (docs/design/trust.md). And how much it gives one officer. */

type Variables = Readonly<Record<string, unknown>>

/**
 * What an officer could sign: questions that are the same text in the schema that clients see and in that of a domain, and what a gateway could make of them
 * that the officer did not ask.
 */
interface Asked {
  readonly domain: Domain
  /** The coordinates that the documents ask for. */
  readonly coordinates: readonly string[]
  readonly byId: string
  /** The same with one more field. */
  readonly wider: string
  readonly list: string
  /** The variables of `list` besides `c`, the country, and others. */
  readonly values: readonly [signed: Variables, other: Variables]
}

const ASKED: readonly Asked[] = readWords(new URL('questions.yaml', import.meta.url))

/** The questions of the domains that the country serves, if it publishes what they ask for. */
const askedOf = (world: World): readonly Asked[] =>
  ASKED.filter(
    ({ domain, coordinates }) => world.schemas.has(domain) && coordinates.every((each) => publishes(world, each)),
  )

/** A leg that asks exactly what was signed. */
function sameLeg(domain: Domain, document: string, variables: Variables) {
  const question: LegQuestion = { document, variables }
  return { domain, query: document, variables, question }
}

const byId = (asked: Asked, world: World) => sameLeg(asked.domain, asked.byId, { id: absentId(world) })
const listOf = ({ domain, list, values }: Asked, { facts }: World) =>
  sameLeg(domain, list, { c: [facts.country], ...values[0] })

/** Makes a check that a node refuses legs which ask something else than the question. */
function foreignCheck(legOf: (asked: Asked, world: World) => ReturnType<typeof sameLeg>): Check['run'] {
  return async function* (world) {
    for (const asked of askedOf(world))
      yield judgeRefusal(asked.domain, await world.ask(legOf(asked, world)), 403, 'LEG_NOT_OF_QUESTION')
  }
}

/** Makes a check that a node refuses a question that does not hold. */
function faultCheck(fault: QuestionFault): Check['run'] {
  return async function* (world) {
    for (const asked of askedOf(world).slice(0, 1)) {
      const leg = byId(asked, world)
      const reply = await world.ask({ ...leg, question: { ...leg.question, fault } })
      yield judgeRefusal(fault, reply, 403, 'LEG_NOT_OF_QUESTION')
    }
  }
}

const FAULTS = Object.entries(QUESTION_FAULTS) as readonly (readonly [QuestionFault, string])[]

const QUESTIONS = makeChecks('questions', { isOfNode: true })({
  async *answered(world) {
    for (const asked of askedOf(world)) {
      for (const leg of [byId(asked, world), listOf(asked, world)]) {
        const reply = await world.ask(leg)
        const isGood = reply.status === 200 && dataOf(reply) !== undefined && codesOf(reply).length === 0
        yield { isGood, place: asked.coordinates[0] ?? asked.domain, expected: 'HTTP 200', came: reply }
      }
    }
  },

  'other-field': foreignCheck((asked, world) => ({ ...byId(asked, world), query: asked.wider })),
  'other-id': foreignCheck((asked, world) => ({ ...byId(asked, world), variables: { id: absentId(world, 1) } })),
  'other-values': foreignCheck((asked, world) => {
    const leg = listOf(asked, world)
    return { ...leg, variables: { ...leg.variables, ...asked.values[1] } }
  }),

  ...Object.fromEntries(FAULTS.map(([fault, name]) => [name, faultCheck(fault)])),

  async *unsigned(world) {
    for (const asked of askedOf(world)) {
      const { question: _, ...leg } = byId(asked, world)
      const reply = await world.ask({ ...leg, isOfCase: true })
      const isGood = isRefused(reply) && codesOf(reply).includes('QUESTION_NOT_SIGNED')
      yield { isGood, place: asked.domain, expected: 'QUESTION_NOT_SIGNED', came: reply }
    }
  },
})

/** The largest page. */
const PAGE = 100
/** The least rows of a page with which a quota is tried: fewer would take too many legs. */
const LEAST_ROWS = 10

/** Asks as one officer until the node says that the quota is spent. Null if no list is long enough. */
const spendQuota = once(async (world: World) => {
  const lists = world.sample.lists.filter(
    ({ connection, order, edges }) =>
      connection.parent === null && order === connection.orders[0] && edges.length >= LEAST_ROWS,
  )
  const [list] = lists.toSorted((a, b) => b.edges.length - a.edges.length)
  if (list === undefined) return null
  const { domain } = list.connection
  const page = pageRequest(world, list.connection, { order: list.order, first: PAGE, node: 'id' })
  const ask = async (officer: string) => {
    const reply = await world.ask({ domain, ...page, officer })
    return { reply, rows: listOwnRecords(dataOf(reply), world.facts.country).size }
  }
  const officer = randomUUID()
  const most = Math.ceil(TEST_ROWS_PER_DAY / Math.min(PAGE, list.edges.length)) + 2
  let rows = 0
  let answer = await ask(officer)
  for (let legs = 1; legs < most && !isRefused(answer.reply); legs++) {
    rows += answer.rows
    answer = await ask(officer)
  }
  return { rows, reply: answer.reply, ask }
})

const QUOTAS = [
  ...makeChecks('quotas', { holes: { least: LEAST_ROWS, most: TEST_ROWS_PER_DAY } })({
    async *rows(world) {
      const spent = await spendQuota(world)
      if (spent === null) return
      const { rows, reply } = spent
      const isExact = rows <= TEST_ROWS_PER_DAY && rows > TEST_ROWS_PER_DAY - PAGE
      const isGood = isExact && codesOf(reply).includes('QUOTA_SPENT')
      yield { isGood, place: 'rowsPerDay', holes: { rows, reply: describeReply(reply) } }
    },

    async *apart(world) {
      const answer = await (await spendQuota(world))?.ask(randomUUID())
      if (answer) yield { isGood: answer.rows >= LEAST_ROWS, place: 'rowsPerDay', came: answer.reply }
    },
  }),
  ...makeChecks('quotas', { isOfNode: true, holes: { most: TEST_LEGS_PER_QUESTION } })({
    async *question(world) {
      for (const asked of askedOf(world).slice(0, 1)) {
        const leg = byId(asked, world)
        const named = { ...leg, question: { ...leg.question, name: randomUUID() } }
        let legs = 0
        let reply = await world.ask(named)
        for (; legs <= TEST_LEGS_PER_QUESTION && !isRefused(reply); legs++) reply = await world.ask(named)
        const isGood = legs === TEST_LEGS_PER_QUESTION && codesOf(reply).includes('QUESTION_CAP_REACHED')
        yield { isGood, place: 'caps.legs', holes: { legs, reply: describeReply(reply) } }
      }
    },
  }),
]

/** The checks of signed questions and of quotas. */
export const QUESTION_CHECKS = [...QUESTIONS, ...QUOTAS]
