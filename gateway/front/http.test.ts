/** GraphQL over HTTP as its specification defines it, and the CORS protocol of the Fetch standard. */
import { gzipSync } from 'node:zlib'
import { buildSchema, extendSchema, type GraphQLFormattedError, graphql, parse } from 'graphql'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { readDocument } from '../admit/read-document.ts'
import { createFront, type Front, type FrontOptions } from './front.ts'
import type { OperationRunner } from './operations.ts'

const TYPED = 'application/graphql-response+json'
const JSON_TYPE = 'application/json'
const TOOLS = 'https://tools.example'
const SCHEMA = buildSchema('type Query { hello(name: String): String fails: Int } type Mutation { change: String }')

const runner: OperationRunner = {
  apiSchema: SCHEMA,
  readDocument: async (source) => readDocument(source, SCHEMA, null),
  execute: async ({ source, operationName, variables: variableValues }) => {
    const rootValue = {
      hello: ({ name = 'world' }: { name?: string }) => `hello ${name}`,
      fails: () => {
        throw new TypeError('inside')
      },
    }
    const { data, errors } = await graphql({ schema: SCHEMA, source, operationName, variableValues, rootValue })
    return { data: data ?? null, errors: errors as readonly GraphQLFormattedError[] }
  },
}

const INCREMENTAL = extendSchema(
  SCHEMA,
  parse(`
    directive @defer(if: Boolean, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT
    directive @stream(initialCount: Int) on FIELD
    type Subscription { hello: String }
    extend schema { subscription: Subscription }`),
)

/** A graph with what the gateway does not support: the directives and a subscription type. */
const incremental: OperationRunner = {
  apiSchema: INCREMENTAL,
  readDocument: async (source) => readDocument(source, INCREMENTAL, null),
  execute: async () => ({ data: { hello: 'run all the same' } }),
}

const OPTIONS: FrontOptions = {
  runner,
  authenticate: async () => ({ caller: null, grounds: null, groundsRejected: null }),
  status: () => ({}),
  publicKeys: {},
  requestDeadlineMs: 8_000,
  graphiql: false,
  corsOrigins: [TOOLS, 'http://127.0.0.1:3000'],
  log: pino({ level: 'silent' }),
}

interface Running {
  readonly front: Front
  readonly url: string
}

async function start(over: Partial<FrontOptions> = {}): Promise<Running> {
  const front = await createFront({ ...OPTIONS, ...over })
  const { port } = await front.listen('127.0.0.1', 0)
  return { front, url: `http://127.0.0.1:${port}/graphql` }
}

let running: Running
beforeAll(async () => {
  running = await start()
})
afterAll(() => running.front.close())

interface Ask {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Uint8Array
  readonly search?: Record<string, string>
}

async function ask({ method = 'POST', headers = {}, body, search = {} }: Ask, url = running.url) {
  const to = new URL(url)
  for (const [name, value] of Object.entries(search)) to.searchParams.set(name, value)
  const sent = {
    ...(method === 'POST' ? { 'content-type': JSON_TYPE } : { 'apollo-require-preflight': '1' }),
    ...headers,
  }
  const response = await fetch(to, { method, headers: sent, ...(body === undefined ? {} : { body }) })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

const query = (text: string): string => JSON.stringify({ query: text })
const HELLO = query('{ hello }')
const utf8 = (type: string): string => `${type}; charset=utf-8`

describe('the answer’s media type and status', () => {
  it.each<[string, Ask, number, string]>([
    ['no Accept', { body: HELLO }, 200, JSON_TYPE],
    ['anything', { body: HELLO, headers: { accept: '*/*' } }, 200, JSON_TYPE],
    ['application/*', { body: HELLO, headers: { accept: 'application/*' } }, 200, JSON_TYPE],
    ['application/json', { body: HELLO, headers: { accept: JSON_TYPE } }, 200, JSON_TYPE],
    ['application/graphql-response+json', { body: HELLO, headers: { accept: TYPED } }, 200, TYPED],
    ['both, the newer first', { body: HELLO, headers: { accept: `${TYPED}, ${JSON_TYPE};q=0.9` } }, 200, TYPED],
    ['both, the older first', { body: HELLO, headers: { accept: `${TYPED};q=0.5, ${JSON_TYPE}` } }, 200, JSON_TYPE],
    ['a type that the gateway does not have', { body: HELLO, headers: { accept: 'text/html' } }, 406, JSON_TYPE],
    ['a broken document', { body: query('{'), headers: { accept: TYPED } }, 400, TYPED],
    ['an unknown field', { body: query('{ nope }'), headers: { accept: TYPED } }, 400, TYPED],
    ['an error in a field', { body: query('{ fails }'), headers: { accept: TYPED } }, 200, TYPED],
    ['no operation of that name', { body: JSON.stringify({ query: '{ hello }', operationName: 'A' }) }, 400, JSON_TYPE],
    ['no query', { body: '{}', headers: { accept: TYPED } }, 400, TYPED],
    ['variables that are a list', { body: JSON.stringify({ query: '{ hello }', variables: [1] }) }, 400, JSON_TYPE],
    [
      'variables and extensions that are null',
      { body: '{"query":"{hello}","variables":null,"extensions":null}' },
      200,
      JSON_TYPE,
    ],
    ['an unknown member', { body: '{"query":"{hello}","later":1}' }, 200, JSON_TYPE],
    ['an empty body', { body: '' }, 400, JSON_TYPE],
    ['a body with a charset', { body: HELLO, headers: { 'content-type': utf8(JSON_TYPE) } }, 200, JSON_TYPE],
    ['a body of text', { body: HELLO, headers: { 'content-type': 'text/plain' } }, 415, JSON_TYPE],
    ['a body of text', { body: HELLO, headers: { 'content-type': 'text/plain', accept: TYPED } }, 415, TYPED],
    ['a body of the answer’s type', { body: HELLO, headers: { 'content-type': TYPED } }, 415, JSON_TYPE],
    [
      'a body that inflates to 256 KiB and a bit',
      { body: gzipSync(query(' '.repeat(256 * 1024))), headers: { 'content-encoding': 'gzip' } },
      413,
      JSON_TYPE,
    ],
    ['a query by GET', { method: 'GET', search: { query: '{ hello }' } }, 200, JSON_TYPE],
    [
      'a query by GET that accepts the newer',
      { method: 'GET', search: { query: '{ hello }' }, headers: { accept: TYPED } },
      200,
      TYPED,
    ],
    [
      'variables by GET',
      { method: 'GET', search: { query: 'query ($n: String) { hello(name: $n) }', variables: '{"n":"x"}' } },
      200,
      JSON_TYPE,
    ],
    [
      'variables by GET that are no JSON',
      { method: 'GET', search: { query: '{ hello }', variables: '{' } },
      400,
      JSON_TYPE,
    ],
    ['nothing by GET', { method: 'GET' }, 400, JSON_TYPE],
    ['a mutation by GET', { method: 'GET', search: { query: 'mutation { change }' } }, 405, JSON_TYPE],
    ['PUT', { method: 'PUT', body: HELLO, headers: { 'content-type': JSON_TYPE } }, 405, JSON_TYPE],
    ['DELETE', { method: 'DELETE' }, 405, JSON_TYPE],
  ])('for %s', async (_, asked, status, type) => {
    const answer = await ask(asked)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, utf8(type)])
    const body = JSON.parse(answer.text)
    if (status === 200) expect(body).toHaveProperty('data')
    else expect(body).toEqual({ errors: [expect.objectContaining({ extensions: { code: expect.any(String) } })] })
  })

  it('is always that of a GraphQL response, even for HEAD', async () => {
    const answer = await ask({ method: 'HEAD' })
    expect([answer.status, answer.headers.get('allow'), answer.text]).toEqual([405, 'GET, POST', ''])
  })

  it('names with 405 the allowed method: POST for a mutation by GET', async () => {
    const answer = await ask({ method: 'GET', search: { query: 'mutation { change }' } })
    expect(answer.headers.get('allow')).toBe('POST')
  })
})

describe('an operation whose answer would come in parts', () => {
  it.each([
    ['a deferred fragment', '{ ... @defer { hello } }'],
    [
      'a deferred spread',
      'query ($later: Boolean) { ...F @defer(if: $later, label: "a") } fragment F on Query { hello }',
    ],
    ['a streamed list', '{ hello @stream(initialCount: 1) }'],
    ['a subscription', 'subscription { hello }'],
    ['one of several', 'query A { hello } subscription B { hello }', 'B'],
  ])('is rejected as not supported: %s', async (_, text, operationName?: string) => {
    for (const over of [{}, { runner: incremental }]) {
      const { front, url } = await start(over)
      const answer = await ask({ body: JSON.stringify({ query: text, operationName }) }, url)
      await front.close()
      expect(answer.status).toBe(400)
      const { message, extensions } = JSON.parse(answer.text).errors[0]
      expect([extensions.code, message]).toEqual([
        'OPERATION_NOT_SUPPORTED',
        'Subscriptions, deferred parts and types of operations that the graph does not have are not supported. Send a query without @defer, or a mutation if the schema has one.',
      ])
    }
  })

  it('is not rejected because of another operation of the document', async () => {
    const text = 'query A { hello } subscription B { hello }'
    const answer = await ask({ body: JSON.stringify({ query: text, operationName: 'A' }) })
    expect([answer.status, answer.text]).toEqual([200, '{"data":{"hello":"hello world"}}\n'])
  })
})

describe('a page of another origin', () => {
  const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' }

  it('on the list may send a preflight request, and read the answer', async () => {
    const asked = await ask({ method: 'OPTIONS', headers: { origin: TOOLS, ...preflight } })
    expect([asked.status, asked.text]).toEqual([204, ''])
    expect(Object.fromEntries(asked.headers)).toMatchObject({
      'access-control-allow-origin': TOOLS,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers':
        'authorization, content-type, content-encoding, dpop, istmo-mandate, istmo-question, istmo-evidence, istmo-dry-run, istmo-log-proof, apollo-require-preflight, x-apollo-operation-name, apollographql-client-name, apollographql-client-version, traceparent, tracestate',
      vary: 'Origin',
    })
    const answer = await ask({ body: HELLO, headers: { origin: TOOLS } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe(TOOLS)
    expect(answer.headers.get('access-control-expose-headers')).toBe(
      'Allow, DPoP-Nonce, Istmo-Log-Proof, Istmo-Request-Id, Retry-After, WWW-Authenticate',
    )
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
  })

  it.each(['https://evil.example', 'https://tools.example.evil.example', 'http://tools.example', 'null'])(
    'that is not on the list may not: %s',
    async (origin) => {
      const asked = await ask({ method: 'OPTIONS', headers: { origin, ...preflight } })
      expect(asked.status).toBe(405)
      const answer = await ask({ body: HELLO, headers: { origin } })
      for (const { headers } of [asked, answer]) {
        expect(headers.get('access-control-allow-origin')).toBeNull()
        expect(headers.get('vary')).toBe('Origin, Accept-Language')
      }
    },
  )

  it('may read nothing without a list, and only /graphql with one', async () => {
    const closed = await start({ corsOrigins: [] })
    const asked = await ask({ method: 'OPTIONS', headers: { origin: TOOLS, ...preflight } }, closed.url)
    const other = await ask({ method: 'GET', headers: { origin: TOOLS } }, new URL('/status', running.url).href)
    await closed.front.close()
    expect(asked.status).toBe(405)
    for (const { headers } of [asked, other]) expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  it.each([
    ['a GET without a custom header', { headers: { 'apollo-require-preflight': '' }, method: 'GET' }],
    ['a form', { body: HELLO, headers: { 'content-type': 'text/plain' } }],
  ])('can send nothing without a preflight request: %s', async (_, asked) => {
    expect((await ask({ ...asked, search: { query: '{ hello }' } })).status).toBeGreaterThanOrEqual(400)
  })
})

describe('NODE_ENV', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('changes no answer', async () => {
    const asked: readonly Ask[] = [
      { body: HELLO },
      { body: query('{ helo }') },
      { body: query('{ fails }') },
      { body: query('{ __schema { queryType { name } } }') },
      { method: 'GET', headers: { accept: 'text/html' } },
      { body: '{' },
    ]
    const answersIn = async (environment: string) => {
      vi.stubEnv('NODE_ENV', environment)
      const { front, url } = await start()
      const answers = await Promise.all(asked.map((each) => ask(each, url)))
      await front.close()
      return answers.map(({ status, text }) => ({ status, text }))
    }
    expect(await answersIn('development')).toEqual(await answersIn('production'))
    expect((await answersIn('test')).map(({ status }) => status)).toEqual([200, 400, 200, 200, 406, 400])
  })
})
