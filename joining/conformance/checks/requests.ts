import { ERRORS } from '../../../contract/errors.ts'
import { RECORD_TYPES } from '../catalog.ts'
import { type Check, makeChecks, type World } from '../check.ts'
import { codesOf, dataOf, describeReply, errorsOf, type HttpChange, isRefused, type Leg, type Reply } from '../leg.ts'
import { readEntities } from '../read.ts'
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
