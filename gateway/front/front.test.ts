import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { buildSchema, type GraphQLFormattedError, graphql } from 'graphql'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IstmoError } from '../../contract/errors.ts'
import { readDocument } from '../admit/read-document.ts'
import { aCaller } from '../testing.ts'
import type { EngineAnswer, RequestContext } from '../types/flow.ts'
import type { OperationRequest } from '../types/front.ts'
import { createFront, type Front, type FrontOptions } from './front.ts'
import { landingSchema } from './landing/landing-file.ts'
import type { LandingState } from './landing/landing-page.ts'
import type { OperationRunner } from './operations.ts'

const SECRET = 'María López'
const apiSchema = buildSchema('type Query { hello(name: String): String } type Mutation { change: String }')
const caller = aCaller()

/** A small engine: it runs graphql-js, and has a special behaviour for operations of these names. */
function createRunner() {
  const seen: { request: OperationRequest; context: RequestContext }[] = []
  const acts: Record<string, (request: OperationRequest, context: RequestContext) => Promise<EngineAnswer>> = {
    refused: async () => {
      throw new IstmoError('BAD_CURSOR')
    },
    crash: async () => {
      throw new TypeError(`cannot read ${SECRET} of 10.0.0.7`)
    },
    nothing: async () => ({
      data: null,
      errors: [{ message: 'm', path: ['hello'], extensions: { code: 'UNAVAILABLE', country: 'SV' } }],
    }),
    extended: async () => ({ data: { hello: 'x' }, extensions: { countries: [] } }),
  }
  const runner: OperationRunner = {
    apiSchema,
    readDocument: async (source) => readDocument(source, apiSchema, null),
    execute: async (request, context) => {
      seen.push({ request, context })
      const act = acts[request.operationName ?? '']
      if (act !== undefined) return act(request, context)
      const { source, operationName, variables } = request
      const rootValue = { hello: ({ name }: { name?: string }) => `hello ${name ?? 'world'}` }
      const result = await graphql({ schema: apiSchema, source, operationName, variableValues: variables, rootValue })
      return { data: result.data ?? null, errors: result.errors as readonly GraphQLFormattedError[] }
    },
  }
  return { runner, seen, acts }
}

const log: string[] = []
const { runner, seen, acts } = createRunner()
let front: Front
let port: number

function options(over: Partial<FrontOptions> = {}): FrontOptions {
  return {
    runner,
    authenticate: async ({ authorization: [value] }) => {
      if (value === undefined) throw new IstmoError('TOKEN_MISSING')
      if (value === 'Bearer down') throw new IstmoError('KEYS_UNAVAILABLE')
      if (value !== 'Bearer good') throw new IstmoError('TOKEN_INVALID')
      return { caller, grounds: null, groundsRejected: null }
    },
    status: () => ({ version: '1' }),
    publicKeys: { keys: [] },
    requestDeadlineMs: 8_000,
    graphiql: false,
    corsOrigins: [],
    log: pino({ level: 'info' }, { write: (line: string) => void log.push(line) }),
    ...over,
  }
}

beforeAll(async () => {
  front = await createFront(options())
  port = (await front.listen('127.0.0.1', 0)).port
})
afterAll(() => front.close())

const JSON_HEADERS = { 'content-type': 'application/json', authorization: 'Bearer good' }
const SPANISH = { headers: { 'accept-language': 'es-HN' } }
const url = (path: string): string => `http://127.0.0.1:${port}${path}`

async function read(response: Response) {
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) }
}

async function post(body: unknown, headers: Record<string, string> = {}) {
  const payload = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
  const init = { method: 'POST', headers: { ...JSON_HEADERS, ...headers }, body: payload }
  return read(await fetch(url('/graphql'), init))
}

const refusal = (code: string) => ({ errors: [expect.objectContaining({ extensions: { code } })] })

describe('the language of an answer', () => {
  it.each([
    ['es-GT,es;q=0.9,en;q=0.8', 'es', 'La parte de El Salvador no está disponible.'],
    ['en', 'en', 'The part of El Salvador is not available.'],
    ['fr;q=1, es;q=0.5', 'es', 'La parte de El Salvador no está disponible.'],
    [';;q=,{}', 'en', 'The part of El Salvador is not available.'],
  ])('is by Accept-Language: %s', async (acceptLanguage, language, sentence) => {
    const document = { query: 'query nothing { hello }', operationName: 'nothing' }
    const answer = await post(document, { 'accept-language': acceptLanguage })
    expect(answer.body.errors[0].message).toContain(sentence)
    expect(answer.headers.get('content-language')).toBe(language)
    expect(answer.headers.get('vary')).toBe('Accept-Language')
    expect(seen.at(-1)?.context.language).toBe(language)
  })

  it.each([
    ['a path where nothing is', () => fetch(url('/nowhere'), SPANISH), 'En esta dirección no hay nada.'],
    [
      'a method that it does not take',
      () => fetch(url('/status'), { ...SPANISH, method: 'PUT' }),
      'no admite el método',
    ],
    ['a request without a token', () => fetch(url('/graphql'), { ...SPANISH, method: 'POST' }), 'necesita un token'],
  ])('is that of the client at %s', async (_, ask, text) => {
    const answer = await read(await ask())
    expect(answer.body.errors[0].message).toContain(text)
    expect(answer.headers.get('content-language')).toBe('es')
    expect(answer.headers.get('vary')).toBe('Accept-Language')
  })

  it.each([
    [{ query: '{ hello' }, /^El documento no es GraphQL\. Error de sintaxis: se esperaba Name; llegó <EOF>\. /],
    [{ query: '{ hullo }' }, /^El documento no corresponde al esquema\. El tipo "Query" no tiene el campo "hullo"\. /],
    [{ query: '{ a: hello } query B { hello }' }, /^El documento no .* Detalle en inglés: /],
  ])('tells what graphql-js says in Spanish, or in English as such: %j', async (document, message) => {
    const answer = await post(document, { 'accept-language': 'es' })
    expect([answer.status, answer.headers.get('content-language')]).toEqual([400, 'es'])
    expect(answer.body.errors[0].message).toMatch(message)
  })

  it('changes neither the codes nor the challenge of a 401, which is ASCII', async () => {
    const [english, spanish] = await Promise.all(
      ['en', 'es'].map((language) => post({}, { authorization: 'Bearer bad', 'accept-language': language })),
    )
    expect(spanish?.status).toBe(401)
    expect(spanish?.body.errors[0].extensions).toEqual(english?.body.errors[0].extensions)
    expect(spanish?.headers.get('www-authenticate')).toBe(english?.headers.get('www-authenticate'))
    expect(spanish?.body.errors[0].message).not.toBe(english?.body.errors[0].message)
  })

  it('is not in the log', async () => {
    const from = log.length
    await post({ query: 'query crash { hello }', operationName: 'crash' }, { 'accept-language': 'es' })
    await post({ query: 'query refused { hello }', operationName: 'refused' }, { 'accept-language': 'es' })
    expect(log.slice(from).join('')).not.toMatch(/Ocurrió|cursor está/)
  })
})

describe('an operation', () => {
  it('reaches the engine with document, variables, text, caller and request id, and is answered with 200', async () => {
    const source = 'query Greet($name: String) { hello(name: $name) }'
    const answer = await post({ query: source, operationName: 'Greet', variables: { name: SECRET } })
    expect(answer.body).toEqual({ data: { hello: `hello ${SECRET}` } })
    expect(answer.status).toBe(200)
    const last = seen.at(-1)
    expect(last?.request).toMatchObject({ operationName: 'Greet', variables: { name: SECRET }, source })
    expect(last?.context).toMatchObject({ caller, requestId: answer.headers.get('istmo-request-id') })
    expect(last?.context.requestId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
  })

  it.each([
    ['application/json', 'application/json; charset=utf-8'],
    ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
  ])('is answered as %s if the client accepts that', async (accept, type) => {
    expect((await post({ query: '{ hello }' }, { accept })).headers.get('content-type')).toBe(type)
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ])('may come compressed with %s', async (encoding, compress) => {
    const answer = await post(compress('{"query":"{ hello }"}'), { 'content-encoding': encoding })
    expect(answer.body).toEqual({ data: { hello: 'hello world' } })
  })

  it('may come by GET with a header that a plain link cannot send', async () => {
    const path = url(`/graphql?query=${encodeURIComponent('{ hello }')}`)
    const headers = { authorization: 'Bearer good', 'apollo-require-preflight': '1' }
    expect((await read(await fetch(path, { headers }))).body).toEqual({ data: { hello: 'hello world' } })
    const { authorization } = headers
    const plain = await read(await fetch(path, { headers: { authorization } }))
    expect([plain.status, plain.body]).toEqual([400, refusal('BAD_REQUEST')])
  })

  it('has status 200 with data null and errors, because the document was valid', async () => {
    const answer = await post({ query: 'query nothing { hello }', operationName: 'nothing' })
    expect(answer.status).toBe(200)
    const message = expect.stringMatching(
      /^The part of El Salvador is not available\. .*contact point of El Salvador\.$/,
    )
    const extensions = { code: 'UNAVAILABLE', country: 'SV' }
    expect(answer.body).toEqual({ data: null, errors: [{ message, path: ['hello'], extensions }] })
  })

  it('keeps its extensions', async () => {
    const answer = await post({ query: 'query extended { hello }', operationName: 'extended' })
    expect(answer.body).toEqual({ data: { hello: 'x' }, extensions: { countries: [] } })
  })

  it('may ask for the schema', async () => {
    expect((await post({ query: '{ __schema { queryType { name } } }' })).body.data.__schema.queryType.name).toBe(
      'Query',
    )
  })

  it('ends when its client hangs up', async () => {
    const ended = new Promise((resolve) => {
      acts.hangup = async (_, context) => {
        started.abort()
        await new Promise<void>((resolve) => context.hangup.watch({ onGone: resolve }))
        resolve('ended')
        return { data: null }
      }
    })
    const started = new AbortController()
    const query = { query: 'query hangup { hello }', operationName: 'hangup' }
    const init = { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(query), signal: started.signal }
    await expect(fetch(url('/graphql'), init)).rejects.toThrow()
    expect(await ended).toBe('ended')
  })
})

describe('an operation is rejected', () => {
  const two = 'query A { hello } query B { hello }'
  const deep = `${'{ hello '.repeat(20_000)}`

  it.each<[string, number, string, unknown, Record<string, string>]>([
    ['that the engine rejects', 400, 'BAD_CURSOR', { query: 'query refused { hello }', operationName: 'refused' }, {}],
    ['that breaks the engine', 500, 'INTERNAL', { query: 'query crash { hello }', operationName: 'crash' }, {}],
    ['with bad syntax', 400, 'GRAPHQL_PARSE_FAILED', { query: '{ hello' }, {}],
    ['with a field that does not exist', 400, 'GRAPHQL_VALIDATION_FAILED', { query: '{ helo }' }, {}],
    ['with two operations and no name', 400, 'OPERATION_RESOLUTION_FAILURE', { query: two }, {}],
    ['with a name that does not exist', 400, 'OPERATION_RESOLUTION_FAILURE', { query: two, operationName: 'C' }, {}],
    ['with too many tokens', 400, 'GRAPHQL_PARSE_FAILED', { query: deep }, {}],
    ['without a query', 400, 'BAD_REQUEST', {}, {}],
    ['with a list as query', 400, 'BAD_REQUEST', { query: ['{ hello }'] }, {}],
    ['with variables that are a string', 400, 'BAD_REQUEST', { query: '{ hello }', variables: '{}' }, {}],
    ['with a dry run that is not read', 400, 'BAD_REQUEST', { query: '{ hello }' }, { 'istmo-dry-run': 'true' }],
    ['with two dry runs', 400, 'BAD_REQUEST', { query: '{ hello }' }, { 'istmo-dry-run': '?1, ?1' }],
    ['with a log proof that is not read', 400, 'BAD_REQUEST', { query: '{ hello }' }, { 'istmo-log-proof': 'yes' }],
    ['with unknown evidence', 400, 'BAD_REQUEST', { query: '{ hello }' }, { 'istmo-evidence': 'all' }],
    ['in a batch', 400, 'BAD_REQUEST', [{ query: '{ hello }' }], {}],
    ['as a bare string', 400, 'BAD_REQUEST', '"x"', {}],
    ['that is not JSON', 400, 'BAD_REQUEST', `{"query": "${SECRET}`, {}],
    ['that is not UTF-8', 400, 'BAD_REQUEST', Buffer.from('{"query":"{ hello } #\u00e9"}', 'latin1'), {}],
    ['as text', 415, 'UNSUPPORTED_MEDIA_TYPE', '{}', { 'content-type': 'text/plain' }],
    [
      'as a form',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      'query={hello}',
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    ['in UTF-16', 415, 'UNSUPPORTED_MEDIA_TYPE', '{}', { 'content-type': 'application/json; charset=utf-16' }],
    [
      'in Brotli',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      brotliCompressSync('{"query":"{ hello }"}'),
      { 'content-encoding': 'br' },
    ],
    ['in an unknown coding', 415, 'UNSUPPORTED_MEDIA_TYPE', '{}', { 'content-encoding': 'constructor' }],
    ['in another coding than its header says', 400, 'BAD_REQUEST', '{}', { 'content-encoding': 'gzip' }],
    ['larger than 256 KiB', 413, 'BODY_TOO_LARGE', `"${'x'.repeat(256 * 1024)}"`, {}],
    ['much larger than 256 KiB', 413, 'BODY_TOO_LARGE', `"${'x'.repeat(8 * 1024 * 1024)}"`, {}],
    ['larger when inflated', 413, 'BODY_TOO_LARGE', gzipSync('x'.repeat(400_000)), { 'content-encoding': 'gzip' }],
    ['without a token', 401, 'TOKEN_INVALID', { query: '{ hello }' }, { authorization: 'Bearer bad' }],
    [
      'while the keys are unavailable',
      503,
      'KEYS_UNAVAILABLE',
      { query: '{ hello }' },
      { authorization: 'Bearer down' },
    ],
  ])('%s with %i and %s', async (_, status, code, body, headers) => {
    const answer = await post(body, headers)
    expect([answer.status, answer.body]).toEqual([status, refusal(code)])
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(answer.text).not.toMatch(/López|10\.0\.0\.7|\bat .*\.ts|Did you mean/)
  })

  it('as a hash without a document, so that its client sends the document', async () => {
    const answer = await post({ extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } })
    expect(answer.body).toEqual(refusal('PERSISTED_QUERY_NOT_SUPPORTED'))
  })

  it('with a challenge that names the error only if a token came', async () => {
    const bad = await post({ query: '{ hello }' }, { authorization: 'Bearer bad' })
    const error =
      'error="invalid_token", error_description="The access token is not valid: get a new one from your own country\'s identity provider."'
    expect(bad.headers.get('www-authenticate')).toBe(
      `Bearer realm="istmo", ${error}, DPoP realm="istmo", algs="ES256 EdDSA", ${error}`,
    )
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ hello }"}' }
    const none = await read(await fetch(url('/graphql'), init))
    expect([none.status, none.body]).toEqual([401, refusal('TOKEN_MISSING')])
    expect(none.headers.get('www-authenticate')).toBe('Bearer realm="istmo", DPoP realm="istmo", algs="ES256 EdDSA"')
  })

  it('as a mutation by GET', async () => {
    const path = url(`/graphql?query=${encodeURIComponent('mutation { change }')}`)
    const headers = { authorization: 'Bearer good', 'apollo-require-preflight': '1' }
    const answer = await read(await fetch(path, { headers }))
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('and an internal error is completely in the log under the request id', () => {
    expect(log.join('')).toContain('cannot read')
  })
})

describe('the other paths', () => {
  it.each([
    ['/health/live', { status: 'live' }],
    ['/health/ready', { status: 'ready' }],
    ['/status', { version: '1' }],
    ['/.well-known/jwks.json', { keys: [] }],
  ])('%s answers without a token', async (path, body) => {
    const answer = await read(await fetch(url(path)))
    expect([answer.status, answer.body]).toEqual([200, body])
    expect(answer.headers.get('istmo-request-id')).not.toBeNull()
    expect(await (await fetch(url(path), { method: 'HEAD' })).text()).toBe('')
  })

  it.each(['/', '/graphiql/graphiql.js', '/graphql/', '/../etc/passwd', '/constructor'])(
    '%s is 404 in JSON, also for a browser',
    async (path) => {
      const answer = await read(await fetch(url(path), { headers: { accept: 'text/html' } }))
      expect([answer.status, answer.body]).toEqual([404, refusal('NOT_FOUND')])
    },
  )

  it.each([
    ['/graphql', 'DELETE', 'GET, POST'],
    ['/graphql', 'OPTIONS', 'GET, POST'],
    ['/status', 'POST', 'GET, HEAD'],
  ])('%s with %s is 405 and says what is allowed', async (path, method, allow) => {
    const answer = await read(await fetch(url(path), { method }))
    expect([answer.status, answer.body]).toEqual([405, refusal('METHOD_NOT_ALLOWED')])
    expect(answer.headers.get('allow')).toBe(allow)
  })

  it('show no landing page to a browser that asks /graphql', async () => {
    const answer = await read(await fetch(url('/graphql'), { headers: { ...JSON_HEADERS, accept: 'text/html,*/*' } }))
    expect(answer.status).toBe(400)
  })

  it('answer bytes that are not HTTP with JSON', async () => {
    const socket: Socket = connect(port, '127.0.0.1')
    socket.write('hello\r\n\r\n')
    const text = (await socket.toArray()).join('')
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
    expect(JSON.parse(text.slice(text.indexOf('{')))).toEqual(refusal('BAD_REQUEST'))
  })

  it('say of a head that is too large how large it may be', async () => {
    const socket: Socket = connect(port, '127.0.0.1')
    socket.write(`GET /status HTTP/1.1\r\nHost: a\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`)
    const text = (await socket.toArray()).join('')
    expect(text).toMatch(/^HTTP\/1\.1 431 /)
    const body = text.slice(text.indexOf('{'))
    expect(JSON.parse(body)).toEqual(refusal('BAD_REQUEST'))
    expect(body).toContain('larger than 16 KiB')
  })
})

describe('the landing page', () => {
  const text = (es: string, en: string) => ({ es, en })
  const PARTICIPANT = { name: text('Honduras', 'Honduras'), isAsked: true, isAway: false }
  const state: LandingState = {
    version: '1.2.3',
    countries: [
      { ...PARTICIPANT, country: 'HN' },
      { ...PARTICIPANT, country: 'GT', name: text('Guatemala', 'Guatemala') },
      { ...PARTICIPANT, country: 'UN', name: text('Naciones Unidas', 'United Nations'), isAway: true },
    ],
    hasGraphiql: false,
    file: null,
  }
  const of = async (change: Partial<LandingState>, language?: string, path = '/', accept = 'text/html,*/*;q=0.8') => {
    const opened = await createFront(
      options({ landing: { state: () => ({ ...state, ...change }), documents: join(import.meta.dirname, '../..') } }),
    )
    const { port: at } = await opened.listen('127.0.0.1', 0)
    const headers = { accept, ...(language !== undefined && { 'accept-language': language }) }
    const answer = await fetch(`http://127.0.0.1:${at}${path}`, { headers })
    const said = { status: answer.status, headers: answer.headers, html: await answer.text() }
    await opened.close()
    return said
  }

  it.each([
    [undefined, '/', 'es'],
    ['fr', '/', 'es'],
    ['en-GB,en;q=0.9', '/', 'en'],
    ['es-GT', '/?lang=en', 'en'],
    ['en', '/?lang=__proto__', 'en'],
  ])('speaks for %s at %s the language %s', async (accepted, path, language) => {
    const { html, headers } = await of({}, accepted, path)
    expect(html).toContain(`<html lang="${language}">`)
    expect(html).toContain(language === 'es' ? 'Una pregunta.' : 'One question.')
    expect([headers.get('content-language'), headers.get('vary')]).toEqual([language, 'Accept, Accept-Language'])
  })

  it('says which countries take part, and which did not answer', async () => {
    const { html } = await of({}, 'es')
    const items = [...html.matchAll(/<li>(.*?)<\/li>/g)].map(([, item = '']) => item.replaceAll(/<[^>]*>/g, ' '))
    expect(items.slice(4).map((item) => item.replaceAll(/ +/g, ' ').trim())).toEqual([
      'Participan ahora HN GT',
      'No respondieron la última vez UN',
    ])
  })

  it('names in production whom to call and no door, and reads nothing of it as markup', async () => {
    const contact = { es: '<b>2210-0000</b>', en: '2210-0000' }
    const file = landingSchema.parse({
      institution: 'Secretaría & Cía.',
      contact,
      links: [{ name: 'Ayuda', address: '/status' }],
    })
    const { html, headers } = await of({ file }, 'es')
    for (const part of ['Secretaría &#38; Cía.', '&#60;b&#62;2210-0000', 'href="/status"', '1.2.3'])
      expect(html).toContain(part)
    expect(html).not.toMatch(/<script|<style|style=|login_hint|¿Quién quiere ser\?/)
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self';/,
    )
  })

  it.each(['javascript:alert(1)', 'data:text/html,x', '//evil.example', 'https://a b'])(
    'leads to no strange address: %s',
    (address) => {
      const links = [{ name: 'x', address }]
      expect(landingSchema.safeParse({ institution: 'x', contact: 'y', links }).success).toBe(false)
    },
  )

  it.each(['*/*', 'application/json'])(
    'is not for a program that accepts %s: it gets NOT_FOUND, as for any other path',
    async (accept) => {
      const { status, html } = await of({}, 'en', '/', accept)
      expect([status, JSON.parse(html)]).toEqual([404, refusal('NOT_FOUND')])
    },
  )

  it('leads to documents with their pictures, in which no HTML counts, and to no other file', async () => {
    const { status, html } = await of({}, 'es', '/docs/README.es.md')
    expect(status).toBe(200)
    expect(html).toContain('<html lang="es">')
    const [picture = ''] = html.match(/docs\/images\/[\w.-]+/) ?? []
    expect((await of({}, 'es', `/docs/${picture}`)).headers.get('content-type')).toBe('image/webp')
    expect((await of({}, 'es', '/docs/docs/operating.md')).html).toContain('id="the-page-at-"')
    expect(html).not.toMatch(/<!--|<script/)
    for (const path of ['/docs/package.json', '/docs/docs/../package.json', '/docs/.git/config', '/docs/']) {
      expect((await of({}, 'es', path)).status).toBe(404)
    }
  })

  it.each([
    ['/landing.css', 'text/css; charset=utf-8'],
    ['/inter.woff2', 'font/woff2'],
  ])('loads %s from this gateway', async (path, type) => {
    const { status, headers } = await of({}, 'es', path)
    expect([status, headers.get('content-type')]).toEqual([200, type])
  })
})

describe('GraphiQL', () => {
  it('is at /graphiql if it is switched on, and loads only from this gateway', async () => {
    const withGraphiql = await createFront(options({ graphiql: true }))
    const at = await withGraphiql.listen('127.0.0.1', 0)
    const page = await fetch(`http://127.0.0.1:${at.port}/graphiql`)
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const html = await page.text()
    expect(html).not.toMatch(/https?:\/\//)
    const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path)
    expect(files).toHaveLength(6)
    for (const path of files) expect((await fetch(`http://127.0.0.1:${at.port}${path}`)).status).toBe(200)
    await withGraphiql.close()
  })
})

describe('a gateway that stops', () => {
  it('says for its drain time that it is not ready, answers on, and ends each connection', async () => {
    const draining = await createFront(options())
    const at = `http://127.0.0.1:${(await draining.listen('127.0.0.1', 0)).port}`
    expect((await fetch(`${at}/health/ready`)).status).toBe(200)
    draining.drain()
    const ready = await fetch(`${at}/health/ready`)
    expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('SHUTTING_DOWN')])
    const headers = { authorization: 'Bearer good', 'content-type': 'application/json' }
    const body = JSON.stringify({ query: '{ hello }' })
    const answer = await fetch(`${at}/graphql`, { method: 'POST', headers, body })
    expect([answer.headers.get('connection'), await answer.json()]).toEqual([
      'close',
      { data: { hello: 'hello world' } },
    ])
    await draining.close()
  })

  it('finishes requests in progress, rejects new ones, and releases its port', async () => {
    const stopping = await createFront(options())
    const at = await stopping.listen('127.0.0.1', 0)
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
    acts.wait = async () => {
      arrive()
      await released
      return { data: { hello: 'done' } }
    }
    const socket = connect(at.port, '127.0.0.1')
    const body = JSON.stringify({ query: 'query wait { hello }', operationName: 'wait' })
    const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\nContent-Type: application/json`
    socket.write(`${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    await arrived
    const closed = stopping.close()
    socket.write('GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n')
    release()
    const text = (await socket.toArray()).join('')
    expect(text).toContain('{"data":{"hello":"done"}}')
    await closed
    await expect(fetch(`http://127.0.0.1:${at.port}/health/live`)).rejects.toThrow()
  })
})

describe('the log', () => {
  it('has route, status and request id, and no document, variable or token', () => {
    const lines = log.map((line) => JSON.parse(line)).filter((line) => line.msg === 'request')
    expect(lines).toContainEqual(expect.objectContaining({ route: '/graphql', status: 200, method: 'POST' }))
    expect(JSON.stringify(lines)).not.toMatch(/López|hello|Bearer/)
  })
})
