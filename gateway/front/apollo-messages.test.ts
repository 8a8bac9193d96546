/** Requests whose form Apollo Server rejects: a caller who asks in Spanish reads Spanish. */
import { buildSchema } from 'graphql'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDocument } from '../admit/read-document.ts'
import { createFront, type Front } from './front.ts'
import { wordApollo } from './graphql-server.ts'

const SCHEMA = buildSchema('type Query { hello: String } type Mutation { change: String }')

let front: Front
let url: string
beforeAll(async () => {
  front = await createFront({
    runner: {
      apiSchema: SCHEMA,
      readDocument: async (source) => readDocument(source, SCHEMA, null),
      execute: async () => ({ data: { hello: 'x' } }),
    },
    authenticate: async () => ({ caller: null, grounds: null, groundsRejected: null }),
    ...{ status: () => ({}), publicKeys: {}, requestDeadlineMs: 8_000, graphiql: false, corsOrigins: [] },
    log: pino({ level: 'silent' }),
  })
  const { port } = await front.listen('127.0.0.1', 0)
  url = `http://127.0.0.1:${port}/graphql`
})
afterAll(() => front.close())

interface Wrong {
  readonly body?: unknown
  /** The query of the address, of a request by GET. */
  readonly search?: string
  readonly headers?: Record<string, string>
}

async function ask({ body, search, headers = {} }: Wrong, language: string) {
  const isGet = search !== undefined
  const own: Record<string, string> = isGet
    ? { 'apollo-require-preflight': '1' }
    : { 'content-type': 'application/json' }
  const response = await fetch(isGet ? `${url}?${search}` : url, {
    method: isGet ? 'GET' : 'POST',
    headers: { ...own, ...headers, 'accept-language': language },
    ...(isGet ? {} : { body: JSON.stringify(body) }),
  })
  const { errors } = (await response.json()) as { errors: { message: string; extensions: object }[] }
  return { status: response.status, ...errors[0] }
}

const query = '{ hello }'

describe('a request whose form Apollo Server rejects is told in both languages', () => {
  it.each<[string, Wrong, number, string, string]>([
    [
      'with a parameter sent twice',
      { search: `query=${query}&query=${query}` },
      400,
      'Expected the parameter query of the address once; came several.',
      'Se esperaba una sola vez el parámetro query de la dirección; llegó varias veces.',
    ],
    ...['{', '7'].map((variables): [string, Wrong, number, string, string] => [
      `with ${variables} as the variables in the address`,
      { search: `query=${query}&variables=${variables}` },
      400,
      'Expected the parameter variables of the address to be a JSON object; came another text.',
      'El parámetro variables de la dirección debe ser un objeto JSON; llegó otro texto.',
    ]),
    ...[{}, 'x', null].map((body): [string, Wrong, number, string, string] => [
      `with ${JSON.stringify(body)} as its body`,
      { body },
      400,
      'Expected the body to be a JSON object with a `query`; came another one, or none.',
      'El cuerpo debe ser un objeto JSON con `query`; llegó otro, o ninguno.',
    ]),
    [
      'with several operations',
      { body: [{ query }] },
      400,
      'Expected one operation in the request; came a batch.',
      'Se admite una sola operación por solicitud; llegó una lista.',
    ],
    ...[7, { kind: 'Document' }].map((wrong): [string, Wrong, number, string, string] => [
      `with ${JSON.stringify(wrong)} as its query`,
      { body: { query: wrong } },
      400,
      'Expected `query` to be a text of GraphQL; came another value.',
      '`query` debe ser un texto en GraphQL; llegó otro valor.',
    ]),
    [
      'without a query',
      { body: { variables: {} } },
      400,
      'Expected a text of GraphQL in `query`; came none.',
      'Se esperaba un texto en GraphQL en `query`; no llegó ninguno.',
    ],
    ...[{ variables: '{}' }, { variables: [1] }].map((wrong): [string, Wrong, number, string, string] => [
      `with ${JSON.stringify(wrong)}`,
      { body: { query, ...wrong } },
      400,
      'Expected `variables` to be a JSON object; came another value.',
      '`variables` debe ser un objeto JSON; llegó otro valor.',
    ]),
    [
      'with a number as the name of its operation',
      { body: { query, operationName: 7 } },
      400,
      'Expected `operationName` to be a text; came another value.',
      '`operationName` debe ser un texto; llegó otro valor.',
    ],
    [
      'by GET with a type that is not JSON',
      { search: `query=${query}`, headers: { 'content-type': 'application/xml' } },
      415,
      'Expected a GET without `Content-Type`, or with application/json; came another type.',
      'Un GET no lleva `Content-Type`, o lleva application/json; llegó otro tipo.',
    ],
    [
      'by GET with a mutation',
      { search: 'query=mutation { change }' },
      405,
      'Expected an operation of type query by GET; came one of type mutation.',
      'Por GET solo se admite una operación de tipo query; llegó una de tipo mutation.',
    ],
    [
      'by GET without a header that a page of another origin cannot send',
      { search: `query=${query}`, headers: { 'apollo-require-preflight': '' } },
      400,
      'Expected a `Content-Type` of JSON or the header `Apollo-Require-Preflight`, so that no page of another origin sends this unasked; came neither.',
      'Se esperaba un `Content-Type` de JSON o el encabezado `Apollo-Require-Preflight`, para que ninguna página de otro origen envíe esto sin permiso; no llegó ninguno de los dos.',
    ],
    [
      'for an answer of a type that the gateway does not have',
      { body: { query }, headers: { accept: 'text/html' } },
      406,
      'Expected an `Accept` with application/json or application/graphql-response+json; came one with neither.',
      '`Accept` debe admitir application/json o application/graphql-response+json; llegó uno que no admite ninguno de los dos.',
    ],
  ])('%s', async (_, wrong, status, english, spanish) => {
    const [inEnglish, inSpanish] = [await ask(wrong, 'en'), await ask(wrong, 'es')]
    for (const { status: came, extensions } of [inEnglish, inSpanish]) {
      expect([came, extensions]).toEqual([status, { code: 'BAD_REQUEST' }])
    }
    expect(inEnglish.message).toContain(` ${english} Send JSON with a `)
    expect(inSpanish.message).toContain(` ${spanish} Envíe JSON con `)
  })
})

it('leaves the message by which clients know that the gateway wants the whole document', () => {
  expect(wordApollo('PersistedQueryNotSupported')).toBeNull()
})
