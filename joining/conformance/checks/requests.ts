import { ERRORS } from '../../../contract/errors.ts'
import { both, same } from '../both.ts'
import { RECORD_TYPES } from '../catalog.ts'
import { type Check, createTally, type World } from '../check.ts'
import { codesOf, dataOf, describeReply, errorsOf, type HttpChange, isRefused, type Leg, type Reply } from '../leg.ts'
import { anyProbe } from './probes.ts'

/** Requests that do not have the form, and the form of errors. */

const NO_RULES = both('a domain with rules', 'un dominio con reglas')
const MIB = 1_048_576

/** The largest number of representations of one leg. */
const MOST_REPRESENTATIONS = 1_000

async function askProbe(world: World, change: Partial<Leg>): Promise<Reply | null> {
  const probe = anyProbe(world)
  if (probe === null) return null
  const { domain, query, variables } = probe
  return world.ask({ domain, query, variables, as: world.callers.reader, ...change })
}

interface HttpCase {
  readonly name: string
  readonly http: HttpChange
  readonly status: number
  readonly code: string
}

const HTTP_CASES: readonly HttpCase[] = [
  {
    name: 'content-type',
    http: { contentType: 'text/plain' },
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    name: 'not-json',
    http: { body: '{"query":' },
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    name: 'big-body',
    http: { body: JSON.stringify({ query: `#${'x'.repeat(MIB)}` }) },
    status: 400,
    code: 'LIMIT_EXCEEDED',
  },
  {
    name: 'method',
    http: { method: 'PUT' },
    status: 405,
    code: 'METHOD_NOT_ALLOWED',
  },
  {
    name: 'path',
    http: { path: '/graphql' },
    status: 404,
    code: 'NOT_FOUND',
  },
  {
    name: 'deadline',
    http: { deadline: 'soon' },
    status: 400,
    code: 'BAD_REQUEST',
  },
]

function httpCheck({ name, http, status, code }: HttpCase): Check {
  return {
    id: `requests.${name}`,
    isOfNode: true,
    async run(world) {
      const tally = createTally()
      const reply = await askProbe(world, { http })
      if (reply !== null) {
        const isGood = reply.status === status && codesOf(reply).includes(code) && isRefused(reply)
        tally.note(isGood, name, same(`HTTP ${status}, ${code}`), same(describeReply(reply)))
      }
      return tally.result(NO_RULES)
    },
  }
}

/** Documents that the node does not run: each with its code. */
const BAD_DOCUMENTS: readonly {
  readonly name: string
  readonly query: string
  readonly codes: readonly string[]
}[] = [
  {
    name: 'syntax',
    query: '{',
    codes: ['GRAPHQL_PARSE_FAILED'],
  },
  {
    name: 'unknown-field',
    query: '{ statutez { id } }',
    codes: ['GRAPHQL_VALIDATION_FAILED'],
  },
]

function documentCheck({ name, query, codes }: (typeof BAD_DOCUMENTS)[number]): Check {
  return {
    id: `requests.${name}`,
    isOfNode: true,
    async run(world) {
      const tally = createTally()
      const reply = await askProbe(world, { query, variables: {} })
      if (reply !== null) {
        const hints = /did you mean/i.test(JSON.stringify(errorsOf(reply)))
        tally.note(
          isRefused(reply) && codesOf(reply).every((code) => codes.includes(code)) && !hints,
          query,
          same(codes.join()),
          same(describeReply(reply)),
        )
      }
      return tally.result(NO_RULES)
    },
  }
}

const variables: Check = {
  id: 'requests.variables',
  isOfNode: true,
  async run(world) {
    const tally = createTally()
    const reply = await askProbe(world, { variables: { id: { no: 'id' }, representations: 'none' } })
    if (reply !== null)
      tally.note(
        isRefused(reply) && codesOf(reply).includes('BAD_USER_INPUT'),
        'variables',
        same('BAD_USER_INPUT'),
        same(describeReply(reply)),
      )
    return tally.result(NO_RULES)
  },
}

const tooMany: Check = {
  id: 'requests.too-many-records',
  isOfNode: true,
  async run(world) {
    const tally = createTally()
    const type = RECORD_TYPES.find(({ domain, isStub }) => !isStub && world.schemas.has(domain))
    if (type === undefined) return tally.result(NO_RULES)
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${type.name} { id } } }`
    const r = Array.from({ length: MOST_REPRESENTATIONS + 1 }, (_, at) => ({
      __typename: type.name,
      id: `${world.facts.country}:no-${at}`,
    }))
    const reply = await world.ask({ domain: type.domain, query, variables: { r }, as: world.callers.reader })
    tally.note(
      isRefused(reply) && codesOf(reply).includes('LIMIT_EXCEEDED'),
      `${r.length}`,
      same('LIMIT_EXCEEDED'),
      same(describeReply(reply)),
    )
    return tally.result(NO_RULES)
  },
}

/** Legs that each give an error of the service: a cursor that is none, and an id that is none. */
async function askForErrors(world: World): Promise<readonly Reply[]> {
  const replies: Reply[] = []
  for (const { type } of world.sample.records.filter((each) => !each.type.isStub)) {
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${type.name} { id } } }`
    replies.push(
      await world.ask({
        domain: type.domain,
        query,
        variables: { r: [{ __typename: type.name, id: 'no id' }] },
        as: world.callers.reader,
      }),
    )
  }
  return replies
}

const errorForm: Check = {
  id: 'requests.error-form',
  async run(world) {
    const tally = createTally()
    for (const reply of await askForErrors(world)) {
      for (const { message, extensions } of errorsOf(reply)) {
        const code = extensions?.code
        const isGood =
          typeof message === 'string' && message !== '' && typeof code === 'string' && Object.hasOwn(ERRORS, code)
        tally.note(isGood, 'errors', both('a message and a code', 'un mensaje y un código'), same(String(code)))
      }
    }
    return tally.result(both('an error', 'un error'))
  },
}

const noInside: Check = {
  id: 'requests.error-inside',
  async run(world) {
    const tally = createTally()
    for (const reply of await askForErrors(world)) {
      const isInside = /stack ?trace|\bat \S+ \(|Traceback|select .* from |\/(home|usr|var)\//i.test(
        JSON.stringify(errorsOf(reply)),
      )
      tally.note(
        !isInside,
        'errors',
        both('a message for the caller', 'un mensaje para quien consulta'),
        both('a stack, a statement or a path', 'una traza, una sentencia o una ruta'),
      )
    }
    return tally.result(both('an error', 'un error'))
  },
}

const answerForm: Check = {
  id: 'requests.answer-form',
  async run(world) {
    const tally = createTally()
    const reply = await askProbe(world, {})
    if (reply !== null) {
      const isJson = ['application/json', 'application/graphql-response+json'].includes(reply.type)
      tally.note(
        reply.status === 200 && isJson && dataOf(reply) !== undefined,
        'the answer',
        same('HTTP 200, application/json'),
        same(`${describeReply(reply)}, ${reply.type}`),
      )
    }
    return tally.result(NO_RULES)
  },
}

/** The checks of requests and of errors. */
export const REQUEST_CHECKS: readonly Check[] = [
  ...[answerForm, errorForm, noInside],
  ...BAD_DOCUMENTS.map(documentCheck),
  ...[variables, tooMany],
  ...HTTP_CASES.map(httpCheck),
]
