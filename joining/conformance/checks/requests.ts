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
  readonly title: Check['title']
  readonly http: HttpChange
  readonly status: number
  readonly code: string
}

const HTTP_CASES: readonly HttpCase[] = [
  {
    name: 'content-type',
    title: both('A body of another content type is refused', 'Un cuerpo de otro tipo de contenido se rechaza'),
    http: { contentType: 'text/plain' },
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    name: 'not-json',
    title: both('A body that is not JSON is refused', 'Un cuerpo que no es JSON se rechaza'),
    http: { body: '{"query":' },
    status: 400,
    code: 'BAD_REQUEST',
  },
  {
    name: 'big-body',
    title: both('A body of more than 1 MiB is refused', 'Un cuerpo de más de 1 MiB se rechaza'),
    http: { body: JSON.stringify({ query: `#${'x'.repeat(MIB)}` }) },
    status: 400,
    code: 'LIMIT_EXCEEDED',
  },
  {
    name: 'method',
    title: both('A method other than POST is refused', 'Un método distinto de POST se rechaza'),
    http: { method: 'PUT' },
    status: 405,
    code: 'METHOD_NOT_ALLOWED',
  },
  {
    name: 'path',
    title: both('Only the paths of domains are served', 'Solo se sirven las rutas de los dominios'),
    http: { path: '/graphql' },
    status: 404,
    code: 'NOT_FOUND',
  },
  {
    name: 'deadline',
    title: both(
      'A deadline that is not a number of milliseconds is refused',
      'Un plazo que no es un número de milisegundos se rechaza',
    ),
    http: { deadline: 'soon' },
    status: 400,
    code: 'BAD_REQUEST',
  },
]

function httpCheck({ name, title, http, status, code }: HttpCase): Check {
  return {
    ...{ id: `requests.${name}`, title },
    remedy: both(
      'Let our node answer: it refuses such a request before your service sees it.',
      'Deje que responda nuestro nodo: rechaza tal solicitud antes de que su servicio la vea.',
    ),
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
  readonly title: Check['title']
  readonly query: string
  readonly codes: readonly string[]
}[] = [
  {
    name: 'syntax',
    title: both('A document that is not GraphQL is refused', 'Un documento que no es GraphQL se rechaza'),
    query: '{',
    codes: ['GRAPHQL_PARSE_FAILED'],
  },
  {
    name: 'unknown-field',
    title: both(
      'A field that does not exist is refused, without a hint',
      'Un campo que no existe se rechaza, sin pistas',
    ),
    query: '{ statutez { id } }',
    codes: ['GRAPHQL_VALIDATION_FAILED'],
  },
]

function documentCheck({ name, title, query, codes }: (typeof BAD_DOCUMENTS)[number]): Check {
  return {
    ...{ id: `requests.${name}`, title },
    remedy: both('Answer with errors and without data.', 'Responda con errores y sin datos.'),
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
  title: both('A variable that does not fit its type is refused', 'Una variable que no encaja en su tipo se rechaza'),
  remedy: both('Answer with BAD_USER_INPUT and without data.', 'Responda con BAD_USER_INPUT y sin datos.'),
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
  title: both('More than 1,000 representations are refused', 'Más de 1000 representaciones se rechazan'),
  remedy: both(
    'Let our node answer: it counts them before your service sees them.',
    'Deje que responda nuestro nodo: las cuenta antes de que su servicio las vea.',
  ),
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
  title: both(
    'An error has a message and a code of the contract',
    'Un error tiene un mensaje y un código del contrato',
  ),
  remedy: both(
    'Give `{"message": "…", "path": […], "extensions": {"code": "ID_INVALID"}}`, with a code of docs/operating.md.',
    'Devuelva `{"message": "…", "path": […], "extensions": {"code": "ID_INVALID"}}`, con un código de docs/operating.md.',
  ),
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
  title: both('An error shows nothing of the inside', 'Un error no muestra nada de dentro'),
  remedy: both(
    'Remove stack traces, statements of the database and paths of files from errors.',
    'Quite de los errores trazas, sentencias de la base de datos y rutas de archivos.',
  ),
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
  title: both(
    'An answer is JSON with data and errors, and status 200',
    'Una respuesta es JSON con datos y errores, y estado 200',
  ),
  remedy: both(
    'Answer with `application/json` or `application/graphql-response+json` in UTF-8, uncompressed, and with status 200 also for errors.',
    'Responda con `application/json` o `application/graphql-response+json` en UTF-8, sin comprimir, y con estado 200 también para errores.',
  ),
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
