import { connect } from 'node:net'
import { CompactSign } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { claimsOf, createProvider, signAs } from '../tokens/identity-provider.ts'
import { ANALYST, type Answer, startWorld, type World } from './world.ts'

/**
 * A hostile client against a running gateway and a running country. Whatever it does, it does not get a row, anything internal or a
 * status 5xx, and the next operation of an honest caller has a complete answer.
 */

const CLEAN = '{ case(id: "HN:1") { id court } person(id: "HN:P1") { names { full } } }'
const COMPLETE = { case: { id: 'HN:1', court: 'Juzgado de Letras' }, person: { names: [{ full: 'Xiomara Núñez' }] } }

let world: World
let analyst: string
/** Connections that send slowly from the start. Each resolves with what it received, when it ends. */
let slow: readonly Promise<string>[]

beforeAll(async () => {
  world = await startWorld()
  analyst = await world.token(ANALYST, { exp: Math.floor(Date.now() / 1000) + 3_000 })
  slow = [
    ...Array.from({ length: 50 }, () => drip('POST /graphql HTTP/1.1\r\nHost: a\r\nX-A: ')),
    ...Array.from({ length: 50 }, () => drip(`${head({ 'content-length': '5000' })}{"query":"`)),
  ]
})
afterAll(() => world?.close())
afterEach(async () => {
  const { status, text } = await world.ask(CLEAN, analyst)
  expect([status, JSON.parse(text).data, JSON.parse(text).errors]).toEqual([200, COMPLETE, undefined])
})

/** Sends a beginning and then one byte a second, until the other side ends the connection. */
function drip(beginning: string): Promise<string> {
  return new Promise((resolve) => {
    let received = ''
    const socket = connect(Number(new URL(world.url).port), '127.0.0.1', () => socket.write(beginning))
    const timer = setInterval(() => socket.writable && socket.write('a'), 1_000)
    socket.on('data', (bytes) => {
      received += bytes
    })
    socket
      .on('error', () => undefined)
      .on('close', () => {
        clearInterval(timer)
        resolve(received)
      })
  })
}

/** Writes the head of a request without a token; by default a POST to /graphql. */
function head(headers: Readonly<Record<string, string>>, target = '/graphql', method = 'POST'): string {
  const all = { host: 'istmo', 'content-type': 'application/json', ...headers }
  return `${method} ${target} HTTP/1.1\r\n${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`
}

const SECRETS = /Juzgado|Xiomara|relato|node_modules|at .*\.ts:|<html|127\.0\.0\.1|narrative_release|case:narrative/

/** Expects that a text contains nothing of the rows and nothing internal. */
function expectNoSecret(text: string): void {
  expect(text).not.toMatch(SECRETS)
}

function expectRejected({ status, headers, text }: Answer, ...statuses: readonly number[]): void {
  expect(statuses).toContain(status)
  expect(headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json/)
  expectNoSecret(text)
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('tokens', () => {
  it.each<[string, (good: string) => Promise<string> | string]>([
    ['that are malformed', () => 'x'],
    ['without a signature', (good) => `${good.split('.').slice(0, 2).join('.')}.`],
    ['with alg none', () => `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(claimsOf(world.provider))}.`],
    [
      'keyed by the public key',
      () =>
        new CompactSign(Buffer.from(encode(claimsOf(world.provider))))
          .setProtectedHeader({ alg: 'HS256', kid: 'GT-1' })
          .sign(Buffer.from(JSON.stringify(world.provider.publicKey))),
    ],
    ['that have expired', () => world.token(ANALYST, { iat: 1_000, exp: 2_000 })],
    ['for somebody else', () => world.token(ANALYST, { aud: 'https://other.example' })],
    ['for another country’s name', () => world.token(ANALYST, { org: { country: 'HN', agency: 'HN-MP' } })],
    [
      'of a stranger with a known key id',
      async () => signAs(await createProvider('SV', world.folder), claimsOf(world.provider), { kid: 'GT-1' }),
    ],
    [
      'with the scopes of a copied payload',
      (good) =>
        `${good.split('.')[0]}.${encode({ ...claimsOf(world.provider), scope: ANALYST })}.${good.split('.')[2]}`,
    ],
    ['of 15 KiB', () => `${'a'.repeat(15_000)}.b.c`],
  ])('%s are rejected', async (_, make) => {
    expectRejected(await world.ask(CLEAN, await make(await world.token('person:hit'))), 401)
  })

  it('in two headers, in the address, in the body or under another scheme are not accepted', async () => {
    const query = JSON.stringify({ query: CLEAN, access_token: analyst })
    const twice = `${head({ 'content-length': String(query.length), authorization: `Bearer ${analyst}`, Authorization: 'Bearer x' })}${query}`
    expectNoSecret(await world.raw(twice))
    const response = await fetch(`${world.url}/graphql?access_token=${analyst}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: query,
    })
    expectNoSecret(await response.text())
    expectRejected(await world.ask(CLEAN, null, { headers: { authorization: `Basic ${analyst}` } }), 401)
  })

  it('that look like the gateway’s leg tokens are not accepted', async () => {
    const leg = await signAs(world.provider, { iss: 'istmo', aud: 'HN', op: 'x' }, { typ: 'istmo-leg+jwt' })
    expectRejected(await world.ask(CLEAN, leg), 401)
  })

  it.each<[string, Record<string, unknown>]>([
    ['of another country', { org: { country: 'GT', agency: 'HN-MP-ATIC' } }],
    ['that looks like a recognised one', { org: { country: 'GT', agency: 'GT-MP-FECO ' } }],
    ['in other letters', { org: { country: 'GT', agency: 'gt-mp-feco' } }],
    ['with a letter of another alphabet', { org: { country: 'GT', agency: 'GT-MP-FEC\u041E' } }],
    ['in a list', { org: { country: 'GT', agency: ['GT-MP-FECO'] } }],
  ])('with an agency %s get nothing that has a rule', async (_, claims) => {
    const { status, text } = await world.ask(CLEAN, await world.token(ANALYST, claims))
    expect([200, 401]).toContain(status)
    expectNoSecret(text)
  })

  it('that have expired are told so, with what to do, and nothing else', async () => {
    const iat = Math.floor(Date.now() / 1_000) - 1_000
    const { status, headers, text } = await world.ask(CLEAN, await world.token(ANALYST, { iat, exp: iat + 600 }))
    expect([status, JSON.parse(text).errors[0].extensions.code]).toEqual([401, 'TOKEN_EXPIRED'])
    expect(headers.get('www-authenticate')).toMatch(
      /error="invalid_token", error_description="The access token has expired/,
    )
    expectNoSecret(text)
  })

  it('with few scopes get only what those allow, whatever the headers say', async () => {
    const headers = {
      ...{ 'istmo-task-force': 'jtf-2026-03', 'istmo-show-protected': '?1', 'istmo-scopes': ANALYST },
      ...{
        'x-forwarded-for': '127.0.0.1',
        'x-original-url': '/status',
        'x-http-method-override': 'PUT',
        forwarded: 'for=1',
      },
    }
    const { status, text } = await world.ask(CLEAN, await world.token('person:hit'), { headers })
    expect(status).toBe(200)
    expectNoSecret(text)
    expect(text).toContain('UNAUTHORIZED_FIELD_OR_TYPE')
  })
})

describe('what a stranger can watch', () => {
  it('does not tell whether, when or about what a country was asked', async () => {
    const watch = async () => {
      const pages = ['/status', '/metrics', '/health/ready', '/.well-known/jwks.json']
      return Promise.all(pages.map(async (path) => (await fetch(`${world.url}${path}`)).text()))
    }
    const before = await watch()
    expect((await world.ask(CLEAN, analyst)).status).toBe(200)
    expect(await watch()).toEqual(before)
  })
})

describe('headers', () => {
  it.each<[string, Record<string, string>, number[]]>([
    ['a malformed mandate', { 'istmo-mandate': '!!' }, [400, 403]],
    ['a purpose that the token’s mandate does not have', { 'istmo-mandate': 'purpose=OVERSIGHT' }, [403]],
    [
      'a case that the token’s mandate does not have',
      { 'istmo-mandate': 'purpose=INVESTIGATION, basis="x"' },
      [400, 403],
    ],
    ['a text body', { 'content-type': 'text/plain' }, [400, 415]],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, [400, 415]],
    ['another character set', { 'content-type': 'application/json; charset=utf-7' }, [415]],
    ['a content coding that the body is not in', { 'content-encoding': 'gzip' }, [400]],
    ['a content coding that does not exist', { 'content-encoding': 'zstd, gzip' }, [415]],
  ])('%s is rejected', async (_, headers, statuses) => {
    expectRejected(await world.ask(CLEAN, analyst, { headers }), ...statuses)
  })

  it('of another origin do not let its pages read the answer', async () => {
    const { headers } = await world.ask(CLEAN, null, { headers: { origin: 'https://evil.example' } })
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  it('cannot choose the request’s id', async () => {
    const { headers } = await world.ask(CLEAN, null, { headers: { 'istmo-request-id': 'mine' } })
    expect(headers.get('istmo-request-id')).not.toBe('mine')
  })
})

describe('documents', () => {
  it.each<[string, unknown]>([
    [
      '1,000 aliases',
      { query: `{ ${Array.from({ length: 1_000 }, (_, i) => `a${i}: case(id: "HN:1") { court }`).join(' ')} }` },
    ],
    ['fragments in a circle', { query: '{ ...f } fragment f on Query { ...f }' }],
    [
      '2^30 fields',
      {
        query: `{ ...f0 } ${Array.from({ length: 30 }, (_, i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`).join(' ')} fragment f30 on Query { __typename }`,
      },
    ],
    ['500 levels', { query: '{a'.repeat(500) + '}'.repeat(500) }],
    ['several operations at once', [{ query: CLEAN }, { query: CLEAN }]],
    ['a body of 1 MiB', { query: `{ __typename } #${'x'.repeat(1_048_576)}` }],
    ['variables that are a list', { query: CLEAN, variables: [1] }],
    ['an operation’s name that is a number', { query: CLEAN, operationName: 1 }],
    ['a mutation', { query: 'mutation { case(id: "HN:1") { court } }' }],
    ['a subscription', { query: 'subscription { case(id: "HN:1") { court } }' }],
    ['an answer in parts', { query: '{ ... @defer { case(id: "HN:1") { court } } }' }],
    [
      'a subgraph’s entities',
      { query: '{ _entities(representations: [{ __typename: "Case", id: "HN:1" }]) { ... on Case { court } } }' },
    ],
    ['a subgraph’s SDL', { query: '{ _service { sdl } }' }],
    ['only a hash', { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }],
    ['an id that contains a zero byte and SQL', { query: '{ case(id: "HN:1\\u0000\' or 1=1 --") { court } }' }],
  ])('%s are rejected', async (_, body) => {
    expectRejected(await world.ask('', analyst, { body }), 200, 400, 413)
  })

  it('may have members whose names are special in JavaScript', async () => {
    const text = `{"query":"query($__proto__: ID!) { case(id: $__proto__) { category } }","variables":{"__proto__":"HN:1","constructor":{"prototype":{"isAdmin":true}}}}`
    const response = await fetch(`${world.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: text,
    })
    expect(response.status).toBeLessThan(500)
    expectNoSecret(await response.text())
  })
})

describe('methods and paths', () => {
  it.each(['PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND', 'OPTIONS'])('%s is not accepted', async (method) => {
    const text = await world.raw(head({ 'content-length': '0', connection: 'close' }, '/graphql', method))
    expect(text).toMatch(/^HTTP\/1\.1 (4\d\d|204)/)
    expectNoSecret(text)
  })

  it('CONNECT and another protocol are not accepted', async () => {
    for (const bytes of [
      'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: a\r\n\r\n',
      head({ upgrade: 'h2c', connection: 'upgrade', 'content-length': '0' }),
    ])
      expectNoSecret((await world.raw(bytes)).replace(/^HTTP\/1\.1 101/, '<html'))
  })

  it.each([
    ...[
      '/graphql/',
      '//graphql',
      '/graphql%2f',
      '/%67raphql',
      '/graphql/../status',
      '/./graphql',
      '/GRAPHQL',
      '/graphql;a=b',
      '/graphql%00',
    ],
    ...[
      '/.well-known/../../etc/passwd',
      '/../../../../etc/passwd',
      '/page/..%2f..%2fpackage.json',
      '/graphiql/%2e%2e/front.ts',
      '*',
      'http://127.0.0.1:22/',
    ],
  ])('%s is not found', async (target) => {
    const text = await world.raw(head({ connection: 'close' }, target, 'GET'))
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d/)
    expectNoSecret(text)
    expect(text).not.toMatch(/root:|"dependencies"/)
  })
})

describe('bytes that are not HTTP, or two requests at once:', () => {
  const inner = `POST /graphql HTTP/1.1\r\nHost: istmo\r\nContent-Type: application/json\r\nContent-Length: 23\r\n\r\n{"query":"{__typename}"}`
  const body = '{"query":"{__typename}"}'
  const length = String(body.length)

  it.each<[string, string]>([
    [
      'two lengths',
      `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nContent-Length: 0\r\n\r\n${body}${inner}`,
    ],
    ['two lengths in one', `${head({ 'content-length': `${length}, 0` })}${body}${inner}`],
    ['a length and chunks', `${head({ 'content-length': '4', 'transfer-encoding': 'chunked' })}0\r\n\r\n${inner}`],
    [
      'chunks and a length',
      `${head({ 'transfer-encoding': 'chunked', 'content-length': '0' })}18\r\n${body}\r\n0\r\n\r\n${inner}`,
    ],
    ['chunks by another name', `${head({ 'transfer-encoding': 'xchunked' })}0\r\n\r\n${inner}`],
    ['chunks that are not last', `${head({ 'transfer-encoding': 'chunked, identity' })}0\r\n\r\n${inner}`],
    [
      'a blank before the colon',
      `POST /graphql HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${inner}`,
    ],
    [
      'a header that continues on the next line',
      `POST /graphql HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${inner}`,
    ],
    ['a negative length', `${head({ 'content-length': '-1' })}${inner}`],
    ['a length with a sign', `${head({ 'content-length': '+24' })}${body}${inner}`],
    ['a chunk with a negative size', `${head({ 'transfer-encoding': 'chunked' })}-1\r\n${body}\r\n0\r\n\r\n`],
    ['a chunk with a size beyond 64 bits', `${head({ 'transfer-encoding': 'chunked' })}FFFFFFFFFFFFFFFFFF\r\n${body}`],
    ['bare line feeds', `POST /graphql HTTP/1.1\nHost: a\nContent-Length: 0\n\n${inner}`],
    ['no host', `GET /status HTTP/1.1\r\n\r\n`],
    ['two hosts', `GET /status HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`],
    ['HTTP/0.9', `GET /graphql\r\n\r\n`],
    ['the preface of HTTP/2', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`],
    ['a head of 100 KiB', head({ 'x-a': 'a'.repeat(100_000) })],
    ['5,000 headers', head(Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`x-${i}`, 'a'])))],
    ['a zero byte in a header', head({ 'x-a': 'a\0b' })],
    ['noise', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 noise\r\n\r\n'],
  ])('%s get one rejection at most', async (_, bytes) => {
    const text = await world.raw(bytes)
    const answers = text.match(/^HTTP\/1\.1 \d{3}|(?<=})HTTP\/1\.1 \d{3}/gm) ?? []
    expect(answers.filter((answer) => !/ 4\d\d$/.test(answer))).toEqual([])
    expect(answers.length).toBeLessThanOrEqual(1)
    expect(text).not.toContain('"__typename"')
    expectNoSecret(text)
  })

  it('a request whose body is cut off is not answered', async () => {
    const text = await world.raw(`${head({ 'content-length': '5000' })}{"query":"{ __typename }"`)
    expect(text).not.toContain('__typename')
  })

  it('20 requests in one packet get 20 answers, in order', async () => {
    const one = (i: number): string => {
      const text = JSON.stringify({ query: `{ a${i}: __typename }` })
      return `${head({ 'content-length': String(text.length), ...(i === 19 && { connection: 'close' }) })}${text}`
    }
    const text = await world.raw(Array.from({ length: 20 }, (_, i) => one(i)).join(''), 'keep open')
    expect([...text.matchAll(/"(a\d+)":"Query"/g)].map(([, name]) => name)).toEqual(
      Array.from({ length: 20 }, (_, i) => `a${i}`),
    )
  })

  it('a client that does not wait for its answer does not harm others', async () => {
    for (let i = 0; i < 20; i++) {
      const text = JSON.stringify({ query: CLEAN })
      const socket = connect(Number(new URL(world.url).port), '127.0.0.1')
      socket.on('error', () => undefined)
      socket.write(
        `${head({ 'content-length': String(text.length), authorization: `Bearer ${analyst}` })}${text}`,
        () => socket.destroy(),
      )
    }
    expect((await world.ask('{ __typename }', null)).status).toBe(200)
  })
})

describe('connections that send a byte a second', () => {
  it('are ended, with a rejection or without, and do not delay others', async () => {
    const answers = await Promise.all(slow)
    expect(answers).toHaveLength(100)
    for (const answer of answers) {
      expect(answer === '' || /^HTTP\/1\.1 4\d\d/.test(answer)).toBe(true)
      expectNoSecret(answer)
    }
  })

  it('do not cause an internal error, nor does anything else in this file', () => {
    expect(world.logged()).not.toMatch(/failed inside|internal error|Unhandled|"level":60/)
  })
})
