import { hash } from 'node:crypto'
import { parseVerifierKey } from '../../../audit/note/key.ts'
import { readTlogProof } from '../../../audit/note/tlog-proof.ts'
import { createReceiptChecker, type ProvenEntry } from '../../../audit/verify/receipt-checker.ts'
import { type EntryOf, parseEntry } from '../../../contract/audit-log/entry.ts'
import { ERRORS } from '../../../contract/errors.ts'
import { parseLegSalt, saltedHash } from '../../../contract/leg-salt.ts'
import { parseReceiptHeader } from '../../../contract/receipt.ts'
import { RECORD_TYPES } from '../catalog.ts'
import { type Check, idOf, makeChecks, readEntities, type World } from '../check.ts'
import {
  codesOf,
  dataOf,
  describeReply,
  errorsOf,
  type HttpChange,
  isLate,
  isRefused,
  type Leg,
  type Reply,
} from '../leg.ts'
import { absentId } from './records.ts'
import { anyProbe } from './rules.ts'

/** Requests that do not have the form, and the form of errors. */

const MIB = 1_048_576

/** The largest number of representations of one leg. */
const MOST_REPRESENTATIONS = 1_000

/** What each answer to a probe has that was changed: one, or none if the country serves no domain with rules. */
async function askProbe(world: World, change: Partial<Leg>): Promise<readonly Reply[]> {
  const probe = anyProbe(world)
  return probe === null ? [] : [await world.ask({ ...probe, ...change })]
}

/** Makes a check that a request is refused with a code, and without a hint. `status`: absent if any will do. */
function refusalCheck(place: string, change: Partial<Leg>, code: string, status?: number): Check['run'] {
  return async function* (world) {
    for (const reply of await askProbe(world, change)) {
      const isSaid = codesOf(reply).every((each) => each === code) && (status === undefined || reply.status === status)
      const isHinting = /did you mean/i.test(JSON.stringify(errorsOf(reply)))
      const expected = status === undefined ? code : `HTTP ${status}, ${code}`
      yield { isGood: isRefused(reply) && isSaid && !isHinting, place, expected, came: reply }
    }
  }
}

const httpCheck = (place: string, http: HttpChange, status: number, code: string): Check['run'] =>
  refusalCheck(place, { http }, code, status)
const documentCheck = (query: string, code: string): Check['run'] => refusalCheck(query, { query, variables: {} }, code)

/** Errors of the service, for an id that is none. */
async function* askForErrors(world: World): AsyncGenerator<Reply> {
  for (const { type } of world.sample.records)
    if (!type.isStub) yield (await readEntities(world, { ...type, fields: 'id' }, ['no id'])).reply
}

/** What looks like a stack trace, a statement of a database or a path of a file. */
const INSIDE = /stack ?trace|\bat \S+ \(|Traceback|select .* from |\/(home|usr|var)\//i

/** The checks of requests and of errors. */
export const REQUEST_CHECKS = [
  ...makeChecks('requests')({
    async *'answer-form'(world) {
      for (const reply of await askProbe(world, {})) {
        const isJson = ['application/json', 'application/graphql-response+json'].includes(reply.type)
        const isGood = reply.status === 200 && isJson && dataOf(reply) !== undefined
        const came = `${describeReply(reply)}, ${reply.type}`
        yield { isGood, place: 'the answer', expected: 'HTTP 200, application/json', came }
      }
    },

    async *'error-form'(world) {
      for await (const reply of askForErrors(world)) {
        for (const { message, extensions } of errorsOf(reply)) {
          const code = String(extensions?.code)
          const isGood = typeof message === 'string' && message !== '' && Object.hasOwn(ERRORS, code)
          yield { isGood, place: 'errors', came: code }
        }
      }
    },

    async *'error-inside'(world) {
      for await (const reply of askForErrors(world))
        yield { isGood: !INSIDE.test(JSON.stringify(errorsOf(reply))), place: 'errors' }
    },
  }),
  ...makeChecks('requests', { isOfNode: true })({
    syntax: documentCheck('{', 'GRAPHQL_PARSE_FAILED'),
    'unknown-field': documentCheck('{ statutez { id } }', 'GRAPHQL_VALIDATION_FAILED'),
    variables: refusalCheck(
      'variables',
      { variables: { id: { no: 'id' }, representations: 'none' } },
      'BAD_USER_INPUT',
    ),

    async *'too-many-records'(world) {
      const type = RECORD_TYPES.find(({ domain, isStub }) => !isStub && world.schemas.has(domain))
      if (type === undefined) return
      const ids = Array.from({ length: MOST_REPRESENTATIONS + 1 }, (_, at) => absentId(world, at))
      const { reply } = await readEntities(world, { ...type, fields: 'id' }, ids)
      const isGood = isRefused(reply) && codesOf(reply).includes('LIMIT_EXCEEDED')
      yield { isGood, place: `${ids.length}`, expected: 'LIMIT_EXCEEDED', came: reply }
    },

    'content-type': httpCheck('content-type', { contentType: 'text/plain' }, 400, 'BAD_REQUEST'),
    'not-json': httpCheck('not-json', { body: '{"query":' }, 400, 'BAD_REQUEST'),
    'big-body': httpCheck(
      'big-body',
      { body: JSON.stringify({ query: `#${'x'.repeat(MIB)}` }) },
      400,
      'LIMIT_EXCEEDED',
    ),
    method: httpCheck('method', { method: 'PUT' }, 405, 'METHOD_NOT_ALLOWED'),
    path: httpCheck('path', { path: '/graphql' }, 404, 'NOT_FOUND'),
    deadline: httpCheck('deadline', { deadline: 'soon' }, 400, 'BAD_REQUEST'),
  }),
]

/** Receipts: that the node wrote each leg into its own audit log before it answered. */

const LEGS = 5
const PLACE = 'Istmo-Receipt'

/** A leg, its receipt, and the entry in it. */
interface Received {
  readonly reply: Reply
  readonly proven: ProvenEntry | null
  readonly entry: EntryOf<'leg'> | null
}

async function* receive(world: World): AsyncGenerator<Received> {
  const probe = anyProbe(world)
  if (probe === null || world.vkey === null) return
  const prove = createReceiptChecker(parseVerifierKey(world.vkey))
  for (let at = 0; at < LEGS; at++) {
    const reply = await world.ask(probe)
    yield { reply, ...open(reply, prove) }
  }
}

function open({ receipt }: Reply, prove: ReturnType<typeof createReceiptChecker>): Omit<Received, 'reply'> {
  try {
    const proof = readTlogProof(parseReceiptHeader(receipt ?? '') ?? '')
    const { extra = new Uint8Array() } = proof
    const entry = parseEntry(extra)
    return { proven: prove(proof, extra), entry: entry.kind === 'leg' ? entry : null }
  } catch {
    return { proven: null, entry: null }
  }
}

/** Finds the first member of an entry that is not the leg's. */
function findOther({ facts }: World, { sent, text }: Reply, entry: EntryOf<'leg'>): string | undefined {
  const salt = parseLegSalt(sent.salt ?? '') ?? new Uint8Array()
  const { query } = JSON.parse(sent.body) as { readonly query: string }
  const expected = {
    country: facts.country,
    requestId: sent.requestId,
    operationHash: hash('sha256', query),
    requestHash: saltedHash(salt, sent.body),
    responseHash: saltedHash(salt, text),
  }
  return Object.entries(expected).find(([name, value]) => entry[name as keyof typeof expected] !== value)?.[0]
}

/** The checks of receipts. */
export const RECEIPT_CHECKS = makeChecks('receipts', { isOfNode: true })({
  async *present(world) {
    for await (const { reply } of receive(world)) yield { isGood: reply.receipt !== undefined, place: PLACE }
  },

  async *signature(world) {
    for await (const { reply, proven } of receive(world))
      if (reply.receipt !== undefined) yield { isGood: proven !== null, place: PLACE }
  },

  async *leg(world) {
    for await (const { reply, entry } of receive(world)) {
      if (entry === null) continue
      const member = findOther(world, reply, entry)
      yield { isGood: member === undefined, place: PLACE, holes: { member: member ?? '' } }
    }
  },

  async *chain(world) {
    const before: ProvenEntry[] = []
    for await (const { proven } of receive(world)) {
      if (proven === null) continue
      const { index, leaf, size, checkpointHash } = proven
      const isFork = before.some(
        (each) =>
          (each.index === index && each.leaf !== leaf) ||
          (each.size === size && each.checkpointHash !== checkpointHash) ||
          each.size > size,
      )
      before.push(proven)
      yield { isGood: !isFork, place: `entry ${index} of ${size}` }
    }
  },
})

/** Many callers at the same time, and answers that come too late. */

/** How often the largest questions are asked at most: the shortest time counts, because a busy machine hinders each of them now and then. */
const TRIES = 3

/** A leg that asks for one record. */
interface RecordLeg {
  readonly id: string
  readonly ask: () => ReturnType<typeof readEntities>
}

function legsOf(world: World): readonly RecordLeg[] {
  const records = world.sample.records.flatMap(({ type, nodes }) =>
    type.isStub ? [] : nodes.slice(0, world.tries).map((node) => ({ type, id: String(node.id) })),
  )
  if (records.length === 0) return []
  return Array.from({ length: world.concurrency }, (_, at) => {
    const { type, id } = records[at % records.length] as (typeof records)[number]
    return { id, ask: () => readEntities(world, { ...type, fields: 'id' }, [id]) }
  })
}

type RecordAnswer = Awaited<ReturnType<RecordLeg['ask']>> & Pick<RecordLeg, 'id'>

/**
 * Sends legs at the same time. Those that were too late are sent again at the same time, as long as that leaves fewer: a machine that does other work needs
 * longer for all of them, and whether one answer is late is another check.
 */
async function askAll(legs: readonly RecordLeg[], deadlineMs: number): Promise<readonly RecordAnswer[]> {
  const answers = await Promise.all(legs.map(async ({ id, ask }) => ({ id, ...(await ask()) })))
  const late = legs.filter((_, at) => answers[at] !== undefined && isLate(answers[at].reply, deadlineMs))
  if (late.length === 0 || late.length === legs.length) return answers
  return [...answers.filter(({ reply }) => !isLate(reply, deadlineMs)), ...(await askAll(late, deadlineMs))]
}

/** Asks until an answer is in time, and at most so often. Returns the fastest reply. */
async function fastestOf({ ask, deadlineMs }: World, leg: Omit<Leg, 'as'>): Promise<Reply> {
  let fastest = await ask(leg)
  for (let at = 1; at < TRIES && fastest.status !== 0 && fastest.ms > deadlineMs; at += 1) {
    const reply = await ask(leg)
    if (reply.status === 0 || reply.ms < fastest.ms) fastest = reply
  }
  return fastest
}

/** The largest questions of each domain: a page of 100. */
const LARGEST = [
  ['cases', 'cases'],
  ['cases', 'warrants'],
  ['legal', 'statutes'],
  ['persons', 'persons'],
] as const

/** The checks under load. */
export const LOAD_CHECKS = makeChecks('load')({
  async *concurrent(world) {
    for (const { id, entities, reply } of await askAll(legsOf(world), world.deadlineMs)) {
      const came = idOf(entities?.[0])
      yield { isGood: came === id, place: id, expected: id, came: came ?? reply }
    }
  },

  async *deadline(world) {
    const { schemas, facts, deadlineMs } = world
    for (const [domain, field] of LARGEST.filter(([each]) => schemas.has(each))) {
      const query =
        domain === 'persons'
          ? 'query ($c: [CountryCode!], $s: PersonSearch!) { persons(countries: $c, search: $s, first: 100) { edges { cursor } } }'
          : `query ($c: [CountryCode!]) { ${field}(countries: $c, first: 100) { edges { cursor node { id } } } }`
      const search = domain === 'persons' ? { s: { name: 'José López' } } : {}
      const { status, ms } = await fastestOf(world, { domain, query, variables: { c: [facts.country], ...search } })
      const isGood = status !== 0 && ms <= deadlineMs
      yield { isGood, place: `Query.${field}`, holes: { ms: deadlineMs }, came: `${Math.round(ms)} ms` }
    }
  },
})
