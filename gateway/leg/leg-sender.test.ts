import { hash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { pino } from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { meaningOf } from '../../contract/error-message.ts'
import { createHangup } from '../../contract/hangup.ts'
import { deriveLegSalt, formatLegSalt, parseLegSalt, saltedHash } from '../../contract/leg-salt.ts'
import type { Outcome } from '../../contract/outcome.ts'
import { createTlsPools, type TlsPools, type TlsPoolsOptions } from '../../service/http/tls-pools.ts'
import { aCaller, aContext } from '../testing.ts'
import type { Leg, LegAnswer, RequestContext, Trail } from '../types/flow.ts'
import { BREAKER_FAILURES } from './breaker.ts'
import { createCostTurns } from './cost-turns.ts'
import { ReceiptInvalid } from './leg-failures.ts'
import { createLegSender, type LegSender, type LegSenderOptions } from './leg-sender.ts'

const SECRET = 'María López'

/** A trail with a salt of its own. */
function emptyTrail(): Trail {
  const noted = { operation: null, uses: null, cost: null, denials: [], legs: [], sent: new Map(), codes: null }
  return { ...noted, salt: randomBytes(32), legSalts: 0 }
}

const opened: Array<() => Promise<unknown>> = []

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

async function serve(listener: RequestListener): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(resolve)
      }),
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/cases`, server }
}

interface Room extends LegSender {
  readonly pools: TlsPools
  readonly log: readonly string[]
  readonly outcomes: readonly Outcome[]
}

function openRoom(over: Partial<LegSenderOptions> = {}, options: TlsPoolsOptions = {}): Room {
  const log: string[] = []
  const outcomes: Outcome[] = []
  let signed = 0
  const pools = createTlsPools(options)
  const sender = createLegSender({
    pools,
    signLegToken: async ({ country, use }) => `token-for-${country}${use === 'once' ? ++signed : ''}`,
    log: pino({ level: 'trace' }, { write: (line: string) => void log.push(line) }),
    onOutcome: (_, outcome) => void outcomes.push(outcome),
    ...over,
  })
  opened.push(pools.close)
  return { ...sender, pools, log, outcomes }
}

function legTo(url: string, over: Partial<Leg> = {}, endpoint: Partial<Leg['endpoint']> = {}): Leg {
  return {
    domain: 'cases',
    country: 'HN',
    endpoint: { url, deadlineMs: 5_000, maxAnswerBytes: 1_000, ...endpoint },
    query: '{ cases { id } }',
    variables: { name: SECRET },
    kind: 'query',
    rights: null,
    ...over,
  }
}

function request(over: Partial<RequestContext> = {}): RequestContext {
  return aContext({ requestId: 'request-1', deadlineAt: performance.now() + 10_000, ...over })
}

function json(response: ServerResponse, body: string | Buffer, status = 200, headers: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of incoming) text += chunk
  return text
}

describe('a leg that is answered', () => {
  it('posts query, variables and the token for that country, and returns data and errors', async () => {
    const seen: unknown[] = []
    const { url } = await serve(async (incoming, response) => {
      const { authorization, 'istmo-request-id': id } = incoming.headers
      seen.push({ authorization, id, path: incoming.url, body: JSON.parse(await readBody(incoming)) })
      json(response, '{"data":null,"errors":[{"message":"x"}]}')
    })
    const room = openRoom()
    expect(await room.sendLeg(legTo(url), request())).toEqual({
      kind: 'answered',
      data: null,
      errors: [{ message: 'x' }],
    })
    const body = { query: '{ cases { id } }', variables: { name: SECRET } }
    expect(seen).toEqual([{ authorization: 'Bearer token-for-HN', id: 'request-1', path: '/cases', body }])
    expect(room.outcomes).toEqual([{ reach: 'ANSWERED', code: null }])
  })

  it('has the number and the codes of its errors in the log, and nothing else of them', async () => {
    const errors = [
      { message: SECRET, extensions: { code: 'FORBIDDEN_BY_COUNTRY' } },
      { message: SECRET, extensions: { code: SECRET } },
      { extensions: { code: 'FORBIDDEN_BY_COUNTRY', [SECRET]: SECRET } },
      { extensions: null },
    ]
    const { url } = await serve((_, response) => json(response, JSON.stringify({ data: {}, errors })))
    const room = openRoom()
    await room.sendLeg(legTo(url), request())
    expect(room.log.map((line) => JSON.parse(line))).toMatchObject([
      { requestId: 'request-1', domain: 'cases', country: 'HN', errors: 4, codes: ['FORBIDDEN_BY_COUNTRY'] },
    ])
    expect(room.log.join()).not.toMatch(/María|cases \{/)
  })

  it('carries no token to a subgraph that no country publishes', async () => {
    let authorization: string | undefined = 'not asked'
    const { url } = await serve((incoming, response) => {
      authorization = incoming.headers.authorization
      json(response, '{"data":{}}')
    })
    await openRoom().sendLeg(legTo(url, { country: null }), request())
    expect(authorization).toBeUndefined()
  })

  it.each([
    ['a country', 'HN'],
    ['a subgraph that no country publishes', null],
  ])('carries a salt of its own to %s, under which the trail has the hashes of both bodies', async (_, country) => {
    const salts: string[] = []
    const bodies: string[] = []
    const { url } = await serve(async (incoming, response) => {
      salts.push(String(incoming.headers['istmo-leg-salt']))
      bodies.push(await readBody(incoming))
      json(response, '{"data":{}}')
    })
    const trail = emptyTrail()
    const room = openRoom()
    const legs = [legTo(url, { country }), legTo(url, { country })]
    for (const leg of legs) await room.sendLeg(leg, request({ trail }))
    await room.sendLeg(legTo(url, { country }), request())
    expect(salts.slice(0, 2)).toEqual([1, 2].map((number) => formatLegSalt(deriveLegSalt(trail.salt, number))))
    expect(new Set(salts).size).toBe(3)
    for (const [at, leg] of legs.entries()) {
      const salt = deriveLegSalt(trail.salt, at + 1)
      expect(trail.sent.get(leg)).toMatchObject({
        requestHash: saltedHash(salt, bodies[at] ?? ''),
        responseHash: saltedHash(salt, '{"data":{}}'),
      })
    }
  })

  it('is noted with how far its country’s log was known to be when it was sent', async () => {
    let size = 4
    const { url } = await serve(async (incoming, response) => {
      await readBody(incoming)
      size = 9
      json(response, '{"data":{}}')
    })
    const knownHeadOf = () => ({ name: 'istmo.example/hn', origin: 'istmo.example/hn', size })
    const trail = emptyTrail()
    const leg = legTo(url, { country: 'HN' })
    await openRoom({ knownHeadOf }).sendLeg(leg, request({ trail }))
    expect(trail.sent.get(leg)?.countryHead).toMatchObject({ size: 4 })
  })

  describe('which is that of another leg, closes its connection, so that the legs behind it have their own:', () => {
    /** A country behind which each answer of a connection is the one before, as if somebody had put an answer too many on the way. */
    async function late(headerOf: (incoming: IncomingMessage) => Record<string, string>) {
      const before = new WeakMap<object, Record<string, string>>()
      const given: string[] = []
      const uses = new Map<object, number>()
      const { url } = await serve((incoming, response) => {
        const earlier = before.get(incoming.socket)
        given.push(earlier === undefined ? 'own' : 'of another')
        uses.set(incoming.socket, (uses.get(incoming.socket) ?? 0) + 1)
        before.set(incoming.socket, headerOf(incoming))
        json(response, '{"data":{}}', 200, earlier ?? headerOf(incoming))
      })
      return { url, given, uses }
    }

    async function askSome(room: Room, url: string): Promise<readonly string[]> {
      const codes: string[] = []
      for (let count = 1; count <= 8; count++) {
        const answer = await room.sendLeg(legTo(url), request({ requestId: `request-${count}` }))
        codes.push(answer.kind === 'failed' ? String(answer.outcome.code) : 'own')
      }
      return codes
    }

    it('it has another receipt', async () => {
      const { url, given, uses } = await late(({ headers }) => ({
        'istmo-receipt': String(headers['istmo-request-id']),
      }))
      const room = openRoom({
        checkReceipt: (_leg, _sent, requestId, header) => {
          if (header !== requestId) throw new ReceiptInvalid('expected the receipt of this request; came another')
          return null
        },
      })
      const codes = await askSome(room, url)
      expect(codes.map((code) => (code === 'RECEIPT_INVALID' ? 'of another' : code))).toEqual(given)
      expect(given).toContain('of another')
      expect(Math.max(...uses.values())).toBe(2)
    })

    it('it has another salt, so that nothing else of it is read', async () => {
      const { url, given, uses } = await late(({ headers }) => ({
        'istmo-leg-salt': String(headers['istmo-leg-salt']),
      }))
      const noted: unknown[] = []
      const room = openRoom({ noteHeaders: (_, headers) => void noted.push(headers) })
      const codes = await askSome(room, url)
      expect(codes.map((code) => (code === 'BAD_ANSWER' ? 'of another' : code))).toEqual(given)
      expect(given).toContain('of another')
      expect(Math.max(...uses.values())).toBe(2)
      expect(noted).toHaveLength(given.filter((one) => one === 'own').length)
    })
  })

  it.each([401, 403, 503])('with the salt of another leg and status %d says nothing about this one', async (status) => {
    const other = formatLegSalt(randomBytes(16))
    const { url } = await serve((_, response) => json(response, '{}', status, { 'istmo-leg-salt': other }))
    expect(await openRoom().sendLeg(legTo(url), request())).toEqual({
      kind: 'failed',
      outcome: { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' },
    })
  })

  it('has its receipt checked if the country has to give one when it answers, whatever held when the leg was sent', async () => {
    const salts: string[] = []
    const bodies: string[] = []
    let expects = false
    let next = false
    const { url } = await serve(async (incoming, response) => {
      salts.push(String(incoming.headers['istmo-leg-salt']))
      bodies.push(await readBody(incoming))
      expects = next
      json(response, '{"data":{}}', 200, { 'istmo-receipt': ':YQ==:' })
    })
    const checked: unknown[] = []
    const room = openRoom({
      expectsReceipt: () => expects,
      checkReceipt: (_, { operationHash, requestHash, responseHash }, requestId, header) => {
        checked.push({ operationHash, requestHash, responseHash, requestId, header })
        return null
      },
    })
    const leg = legTo(url)
    const answers: LegAnswer[] = []
    // None is expected at all, then from the answer on, then already when the leg is sent.
    for (const [before, then] of [
      [false, false],
      [false, true],
      [true, true],
    ] as const) {
      expects = before
      next = then
      answers.push(await room.sendLeg(leg, request()))
    }
    expect(answers.map(({ kind }) => kind)).toEqual(Array(3).fill('answered'))
    expect(checked).toEqual(
      [1, 2].map((at) => {
        const salt = parseLegSalt(salts[at] ?? '') ?? expect.fail()
        return {
          operationHash: hash('sha256', leg.query),
          requestHash: saltedHash(salt, bodies[at] ?? ''),
          responseHash: saltedHash(salt, '{"data":{}}'),
          requestId: 'request-1',
          header: ':YQ==:',
        }
      }),
    )
  })

  it('leaves its connection open for the next leg', async () => {
    const { url, server } = await serve((_, response) => json(response, '{"data":{}}'))
    let connections = 0
    server.on('connection', () => {
      connections += 1
    })
    const room = openRoom()
    for (let i = 0; i < 10; i += 1) await room.sendLeg(legTo(url), request())
    // The second leg may start before the first connection is known to be free.
    expect(connections).toBeLessThanOrEqual(2)
  })

  it('may be announced before it comes', async () => {
    const { url } = await serve((_, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' }, () =>
        json(response, '{"data":{"a":1}}'),
      )
    })
    expect(await openRoom().sendLeg(legTo(url), request())).toMatchObject({ data: { a: 1 } })
  })

  it('may come in parts, whose characters are cut', async () => {
    const { url } = await serve(async (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      for (const byte of Buffer.from('{"data":{"a":"María"}}')) {
        response.write(Buffer.of(byte))
        await new Promise((resolve) => setImmediate(resolve))
      }
      response.end()
    })
    expect(await openRoom().sendLeg(legTo(url), request())).toMatchObject({ data: { a: 'María' } })
  })

  it('may come compressed', async () => {
    const { url } = await serve((_, response) =>
      json(response, gzipSync('{"data":{"a":1}}'), 200, { 'content-encoding': 'gzip' }),
    )
    expect(await openRoom().sendLeg(legTo(url), request())).toMatchObject({ data: { a: 1 } })
  })
})

describe('a leg fails as data', () => {
  const bad: Outcome = { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' }
  const denied: Outcome = { reach: 'DENIED', code: 'REFUSED_BY_NODE' }
  const broken: Outcome = { reach: 'UNAVAILABLE', code: 'CONNECTION' }

  it.each<[string, Outcome, RequestListener]>([
    ['401', denied, (_, response) => json(response, '{}', 401)],
    ['403', denied, (_, response) => json(response, '{}', 403)],
    ['a redirect', bad, (_, response) => json(response, '', 307, { location: '/elsewhere' })],
    ['500 with a GraphQL body', bad, (_, response) => json(response, '{"data":{}}', 500)],
    ['204', bad, (_, response) => void response.writeHead(204).end()],
    ['HTML', bad, (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')],
    ['no content type', bad, (_, response) => void response.writeHead(200).end('{"data":{}}')],
    ['text that is not JSON', bad, (_, response) => json(response, `{"data": ${SECRET}`)],
    ['bytes that are not UTF-8', bad, (_, response) => json(response, Buffer.from([0x22, 0xff, 0x22]))],
    ['a JSON list', bad, (_, response) => json(response, '[]')],
    ['no member data', bad, (_, response) => json(response, `{"errors":[{"message":"${SECRET}"}]}`)],
    ['a string as data', bad, (_, response) => json(response, '{"data":"x"}')],
    ['errors that are not a list', bad, (_, response) => json(response, '{"data":{},"errors":{}}')],
    ['errors that are not objects', bad, (_, response) => json(response, '{"data":{},"errors":["x"]}')],
    ['too many bytes', bad, (_, response) => json(response, `{"data":{"a":"${'x'.repeat(2_000)}"}}`)],
    [
      'too many bytes after inflating',
      bad,
      (_, response) =>
        json(response, gzipSync(`{"data":{"a":"${'x'.repeat(100_000)}"}}`), 200, { 'content-encoding': 'gzip' }),
    ],
    [
      'a body in Brotli',
      bad,
      (_, response) => json(response, brotliCompressSync('{"data":{"a":1}}'), 200, { 'content-encoding': 'br' }),
    ],
    [
      'an unknown content coding',
      bad,
      (_, response) => json(response, '{"data":{}}', 200, { 'content-encoding': 'constructor' }),
    ],
    ['a broken connection', broken, (incoming) => void incoming.socket.destroy()],
    [
      'half a body',
      broken,
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
        response.write('{"data":', () => response.socket?.destroy())
      },
    ],
    ['bytes that are not HTTP', bad, (incoming) => void incoming.socket.end('SSH-2.0-OpenSSH\r\n')],
  ])('on %s', async (_, outcome, listener) => {
    const { url } = await serve(listener)
    const room = openRoom()
    expect(await room.sendLeg(legTo(url), request())).toEqual({ kind: 'failed', outcome })
    expect(room.outcomes).toEqual([outcome])
    expect(room.log.join()).toContain('request-1')
    expect(room.log.join()).not.toMatch(/López|token-for|Authorization|127\.0\.0\.1/)
  })

  it('does not follow a redirect', async () => {
    const paths: unknown[] = []
    const { url } = await serve((incoming, response) => {
      paths.push(incoming.url)
      json(response, '', 308, { location: '/elsewhere' })
    })
    await openRoom().sendLeg(legTo(url), request())
    expect(paths).toEqual(['/cases'])
  })

  it('on a port where nobody listens', async () => {
    const { url, server } = await serve(() => undefined)
    await new Promise((resolve) => server.close(resolve))
    expect(await openRoom().sendLeg(legTo(url), request())).toEqual({ kind: 'failed', outcome: broken })
  })
})

describe('the deadline of a leg', () => {
  const deadlineSeen = async (endpoint: Partial<Leg['endpoint']>, over: Partial<RequestContext> = {}) => {
    const seen: number[] = []
    const { url } = await serve((incoming, response) => {
      seen.push(Number(incoming.headers['istmo-deadline-ms']))
      json(response, '{"data":{}}')
    })
    await openRoom().sendLeg(legTo(url, {}, endpoint), request(over))
    return seen
  }

  it('travels with it, as the milliseconds that are left', async () => {
    const [leftMs = 0] = await deadlineSeen({ deadlineMs: 80_000 }, { deadlineAt: performance.now() + 100_000 })
    expect(leftMs).toBeGreaterThan(40_000)
    expect(leftMs).toBeLessThanOrEqual(80_000)
    expect(Number.isInteger(leftMs)).toBe(true)
  })

  it('is the request’s, if that ends first', async () => {
    const [leftMs = 0] = await deadlineSeen({ deadlineMs: 500_000 }, { deadlineAt: performance.now() + 90_000 })
    expect(leftMs).toBeGreaterThan(40_000)
    expect(leftMs).toBeLessThanOrEqual(90_000)
  })
})

describe('a node that rejects a leg', () => {
  const rejection = (code: unknown, status: number, headers: object = {}): RequestListener => {
    const body = JSON.stringify({ errors: [{ message: SECRET, extensions: { code } }] })
    return (_, response) => json(response, body, status, headers)
  }
  const sendTo = async (listener: RequestListener) => {
    const { url } = await serve(listener)
    const room = openRoom()
    const answer = await room.sendLeg(legTo(url), request())
    expect(room.log.join()).not.toContain('López')
    return { answer, line: JSON.parse(room.log.at(-1) ?? '{}') }
  }

  it.each([
    ['as it is', 403, ':YQ==:', 'QUOTA_SPENT', { receipt: 'kept' }],
    ['which is of another answer', 403, ':Yg==:', 'RECEIPT_INVALID', { receipt: null }],
    ['of a service that cannot be reached', 502, ':YQ==:', 'CONNECTION', { receipt: 'kept' }],
    [
      'which is missing, because the node did not know the gateway',
      403,
      undefined,
      'QUOTA_SPENT',
      { responseHash: null },
    ],
  ] as const)('has its receipt checked as that of an answer, and kept: %s', async (_, status, header, code, sent) => {
    const body = JSON.stringify({ errors: [{ message: '', extensions: { code: 'QUOTA_SPENT' } }] })
    const { url } = await serve((__, response) =>
      json(response, body, status, header === undefined ? {} : { 'istmo-receipt': header }),
    )
    const room = openRoom({
      checkReceipt: (_leg, { responseHash, salt }, __, came) => {
        expect(responseHash).toBe(saltedHash(salt, body))
        if (came !== ':YQ==:') throw new Error('expected the receipt of this leg; came another')
        return 'kept' as never
      },
    })
    const leg = legTo(url)
    const trail = emptyTrail()
    expect(await room.sendLeg(leg, request({ trail }))).toMatchObject({ kind: 'failed', outcome: { code } })
    expect(trail.sent.get(leg)).toMatchObject(sent)
  })

  it('has its code in the log, with what the code means, and not its message', async () => {
    const { answer, line } = await sendTo(rejection('MANDATE_NOT_COVERED', 403))
    expect(answer).toEqual({ kind: 'failed', outcome: { reach: 'DENIED', code: 'REFUSED_BY_NODE' } })
    expect(line).toMatchObject({
      country: 'HN',
      code: 'REFUSED_BY_NODE',
      nodeCode: 'MANDATE_NOT_COVERED',
      meaning: meaningOf('MANDATE_NOT_COVERED'),
    })
    expect(line).not.toHaveProperty('clockAheadS')
  })

  it('because the authority has no proof of the mandate says in the log that a cosignature of the country’s witness is missing', async () => {
    const { answer, line } = await sendTo(rejection('MANDATE_UNKNOWN', 403))
    expect(answer).toEqual({ kind: 'failed', outcome: { reach: 'DENIED', code: 'CALLER_NOT_VERIFIED' } })
    expect(line).toMatchObject({ country: 'HN', nodeCode: 'MANDATE_UNKNOWN' })
    expect(line.remedy).toMatch(/no witness of that country has cosigned the log of the authority/)
  })

  it.each(['QUOTA_SPENT', 'HITS_SPENT', 'TIME_SPENT'] as const)(
    'because the caller has used up what the country gives says so in the outcome: %s',
    async (code) => {
      const { answer } = await sendTo(rejection(code, 403))
      expect(answer).toEqual({ kind: 'failed', outcome: { reach: 'DENIED', code } })
    },
  )

  it.each([
    ['is behind', -120],
    ['is ahead', 120],
  ])('while its clock %s has the difference in the log, and what to do', async (_, seconds) => {
    const date = new Date(Date.now() + seconds * 1_000).toUTCString()
    const { line } = await sendTo(rejection('TOKEN_INVALID', 401, { date }))
    expect(Math.abs(line.clockAheadS - seconds)).toBeLessThanOrEqual(2)
    expect(line.remedy).toContain('Set both clocks by NTP')
  })

  it.each([
    ['a code that is personal data', rejection(SECRET, 403)],
    ['a code of another kind', rejection({ SECRET }, 403)],
    ['no code', (_, response) => json(response, '{}', 403)],
    ['a body that is not JSON', (_, response) => json(response, `<p>${SECRET}`, 403)],
    ['a body without end', (_, response) => json(response, `"${SECRET.repeat(100_000)}`, 403)],
  ] satisfies [string, RequestListener][])('with %s is only denied', async (_, listener) => {
    const { answer, line } = await sendTo(listener)
    expect(answer).toEqual({ kind: 'failed', outcome: { reach: 'DENIED', code: 'REFUSED_BY_NODE' } })
    expect(line.nodeCode).toBeNull()
  })

  it.each([
    ['its records', rejection('RECORDS_UNAVAILABLE', 503), 'RECORDS_UNAVAILABLE'],
    [
      'the country because its node cannot write its audit log',
      rejection('RECORD_UNAVAILABLE', 503),
      'RECORD_UNAVAILABLE',
    ],
    ['the node, as a proxy says', (_, response) => json(response, '<p>', 502), null],
    ['the node in time, as a proxy says', (_, response) => json(response, '<p>', 504), null],
  ] satisfies [string, RequestListener, string | null][])(
    'because nobody can reach %s is UNAVAILABLE with CONNECTION, and does not open the breaker',
    async (_, listener, nodeCode) => {
      const { url } = await serve(listener)
      const room = openRoom()
      const outcome: Outcome = { reach: 'UNAVAILABLE', code: 'CONNECTION' }
      for (let i = 0; i <= BREAKER_FAILURES; i += 1) {
        expect(await room.sendLeg(legTo(url), request())).toEqual({ kind: 'failed', outcome })
      }
      expect(JSON.parse(room.log.at(-1) ?? '')).toMatchObject({ ...outcome, nodeCode })
      expect(room.breakerOf(legTo(url))).toBe('closed')
    },
  )
})

it('a leg to a node whose audit disk is full says in the log whose log it is, and what to do', async () => {
  const { url } = await serve((_, response) =>
    json(response, '{"errors":[{"extensions":{"code":"RECORD_UNAVAILABLE"}}]}', 503),
  )
  const room = openRoom()
  await room.sendLeg(legTo(url), request())
  expect(JSON.parse(room.log.at(-1) ?? '')).toMatchObject({
    code: 'CONNECTION',
    meaning: expect.stringMatching(
      /^The country’s node cannot write its own audit log, mostly because its disk is full/,
    ),
    remedy: expect.stringMatching(/^Tell whoever runs the node/),
  })
})

it('a leg behind which the country’s own service broke the contract fails with BAD_ANSWER', async () => {
  const { url } = await serve((_, response) => json(response, '{"errors":[{"extensions":{"code":"BAD_ANSWER"}}]}', 502))
  const outcome: Outcome = { reach: 'UNAVAILABLE', code: 'BAD_ANSWER' }
  expect(await openRoom().sendLeg(legTo(url), request())).toEqual({ kind: 'failed', outcome })
})

describe('a country that sends more than one request may make the gateway read', () => {
  it('fails with BAD_ANSWER in its next leg of that request, and in no other request', async () => {
    const { url } = await serve((_, response) => json(response, `{"data":{"a":"${'x'.repeat(900)}"}}`))
    const { sendLeg } = openRoom()
    const [one, other] = [request(), request()]
    for (let i = 0; i < 4; i += 1) expect(await sendLeg(legTo(url), one)).toMatchObject({ kind: 'answered' })
    expect(await sendLeg(legTo(url), one)).toMatchObject({ outcome: { code: 'BAD_ANSWER' } })
    expect(await sendLeg(legTo(url), other)).toMatchObject({ kind: 'answered' })
    expect(await sendLeg(legTo(url, { country: 'GT' }), one)).toMatchObject({ kind: 'answered' })
  })
})

it('a leg to a node that completes no handshake times out at its own deadline, and not when a connection is given up', async () => {
  const dialled: Socket[] = []
  const mute = createTcpServer((socket) => void dialled.push(socket.on('error', () => {})))
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  opened.push(
    () =>
      new Promise((resolve) => {
        for (const socket of dialled) socket.destroy()
        mute.close(resolve)
      }),
  )
  const room = openRoom({}, { connectMs: 100 })
  const url = `https://127.0.0.1:${(mute.address() as AddressInfo).port}/cases`
  const answer = await room.sendLeg(legTo(url, {}, { deadlineMs: 3_000 }), request())
  expect(answer).toEqual({ kind: 'failed', outcome: { reach: 'TIMED_OUT', code: 'LEG_DEADLINE' } })
})

describe('an endpoint that failed repeatedly', () => {
  it('is not dialled, which is an outcome and is in the log', async () => {
    let dialled = 0
    const { url } = await serve((incoming) => {
      dialled += 1
      incoming.socket.destroy()
    })
    const room = openRoom()
    for (let i = 0; i < BREAKER_FAILURES; i += 1) await room.sendLeg(legTo(url), request())
    const outcome: Outcome = { reach: 'UNAVAILABLE', code: 'BREAKER_OPEN' }
    expect(await room.sendLeg(legTo(url), request())).toEqual({ kind: 'failed', outcome })
    expect(dialled).toBe(BREAKER_FAILURES)
    expect(room.breakerOf(legTo(url))).toBe('open')
    expect(room.outcomes.at(-1)).toEqual(outcome)
    expect(JSON.parse(room.log.at(-1) ?? '')).toMatchObject({ requestId: 'request-1', country: 'HN', ...outcome })
  })

  it('only by late answers to one caller is not dialled for this caller, and is for others', async () => {
    let isSlow = true
    const { url } = await serve((_, response) => {
      if (!isSlow) json(response, '{"data":{}}')
    })
    const room = openRoom()
    const ask = (subject: string, deadlineMs: number) =>
      room.sendLeg(legTo(url, {}, { deadlineMs }), request({ caller: aCaller({ subject }) }))
    for (let i = 0; i < BREAKER_FAILURES; i += 1) {
      expect(await ask('heavy', 50)).toMatchObject({ outcome: { code: 'LEG_DEADLINE' } })
    }
    expect(await ask('heavy', 50)).toMatchObject({ outcome: { code: 'BREAKER_OPEN' } })
    isSlow = false
    expect(await ask('other', 5_000)).toMatchObject({ kind: 'answered' })
    expect(room.breakerOf(legTo(url))).toBe('closed')
  })

  it('does not fail because callers hang up', async () => {
    const hangup = createHangup()
    hangup.hangUp()
    const { url } = await serve((_, response) => json(response, '{"data":{}}'))
    const room = openRoom()
    for (let i = 0; i < BREAKER_FAILURES; i += 1) await room.sendLeg(legTo(url), request({ hangup }))
    expect(await room.sendLeg(legTo(url), request())).toMatchObject({ kind: 'answered' })
  })
})

describe('a leg ends', () => {
  const hang: RequestListener = () => undefined
  const drip: RequestListener = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const timer = setInterval(() => response.write(' '), 5)
    response.on('close', () => clearInterval(timer))
  }

  it.each([
    ['hangs', hang],
    ['drips', drip],
  ])('at its own deadline when the country %s', async (_, listener) => {
    const { url } = await serve(listener)
    const answer = await openRoom().sendLeg(legTo(url, {}, { deadlineMs: 50 }), request())
    expect(answer).toEqual({ kind: 'failed', outcome: { reach: 'TIMED_OUT', code: 'LEG_DEADLINE' } })
  })

  it('while it waits for a connection, and leaves the queue at once', async () => {
    let asked = 0
    const { url } = await serve(() => {
      asked += 1
    })
    const room = openRoom()
    const hangup = createHangup()
    // One more than a pool has connections, so that the last one waits.
    const first = Array.from({ length: 64 }, () => room.sendLeg(legTo(url), request({ hangup })))
    let ended = 0
    for (const leg of first) void leg.then(() => ended++)
    const { pool } = room.pools.channelTo(new URL(url))
    await vi.waitFor(() => expect(asked).toBe(64))
    const answer = await room.sendLeg(legTo(url, {}, { deadlineMs: 50 }), request())
    expect(answer).toEqual({ kind: 'failed', outcome: { reach: 'TIMED_OUT', code: 'LEG_DEADLINE' } })
    expect([ended, pool.stats.queued]).toEqual([0, 0])
    hangup.hangUp()
    expect((await Promise.all(first)).map(({ kind }) => kind)).toEqual(Array(64).fill('failed'))
    expect(asked).toBe(64)
  })

  it('at the request’s deadline when that comes first', async () => {
    const { url } = await serve(hang)
    const answer = await openRoom().sendLeg(legTo(url), request({ deadlineAt: performance.now() + 50 }))
    expect(answer).toEqual({ kind: 'failed', outcome: { reach: 'TIMED_OUT', code: 'REQUEST_DEADLINE' } })
  })

  it('before it starts when the request has no time left', async () => {
    let asked = 0
    const { url } = await serve(() => {
      asked += 1
    })
    const answer = await openRoom().sendLeg(legTo(url), request({ deadlineAt: performance.now() - 1 }))
    expect(answer).toMatchObject({ outcome: { code: 'REQUEST_DEADLINE' } })
    expect(asked).toBe(0)
  })

  it('when the caller hangs up, which says nothing about the country', async () => {
    const hangup = createHangup()
    let closed: Promise<unknown> | undefined
    const { url } = await serve((incoming) => {
      closed = new Promise((resolve) => incoming.socket.on('close', resolve))
      hangup.hangUp()
    })
    const room = openRoom()
    const answer = await room.sendLeg(legTo(url), request({ hangup }))
    expect(answer).toEqual({ kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'CONNECTION' } })
    expect(room.outcomes).toEqual([])
    await closed
  })
})

describe('a leg that waits for its turn', () => {
  it('ends at its deadline without being sent, counts against no country, and keeps no leg to another country', async () => {
    let asked = 0
    const silent = await serve(() => {
      asked += 1
    })
    const { url } = await serve((_, response) => json(response, '{"data":{}}'))
    const room = openRoom({ costTurns: createCostTurns(1) })
    const hangup = createHangup()
    const caller = aCaller({ subject: 'officer' })
    const first = room.sendLeg(legTo(silent.url), request({ caller, cost: 1, hangup }))
    const late = Array.from({ length: BREAKER_FAILURES }, () =>
      room.sendLeg(legTo(silent.url, {}, { deadlineMs: 50 }), request({ caller, cost: 1 })),
    )
    const failed = { kind: 'failed', outcome: { reach: 'TIMED_OUT', code: 'LEG_DEADLINE' } }
    expect(await Promise.all(late)).toEqual(late.map(() => failed))
    expect(await room.sendLeg(legTo(url, { country: 'GT' }), request({ caller, cost: 1 }))).toMatchObject({
      kind: 'answered',
    })
    await vi.waitFor(() => expect(asked).toBe(1))
    expect(room.breakerOf(legTo(silent.url))).toBe('closed')
    hangup.hangUp()
    await first
  })

  it('is sent when the leg before it has failed', async () => {
    let asked = 0
    const { url } = await serve((_, response) => json(response, '{"data":{}}', ++asked === 1 ? 500 : 200))
    const room = openRoom({ costTurns: createCostTurns(1) })
    const caller = aCaller({ subject: 'officer' })
    const ask = () => room.sendLeg(legTo(url), request({ caller, cost: 1 }))
    expect(await Promise.all([ask(), ask()])).toMatchObject([{ kind: 'failed' }, { kind: 'answered' }])
  })
})

describe('a connection that the node had closed', () => {
  /** Answers, but resets the connection of the first request on a used connection. Counts the requests. */
  async function forgetful(kind: Leg['kind'], endpoint: Partial<Leg['endpoint']> = {}) {
    const tokens: unknown[] = []
    const salts: string[] = []
    const used = new WeakSet<Socket>()
    let resets = 0
    let asked = 0
    const { url } = await serve((incoming, response) => {
      asked += 1
      tokens.push(incoming.headers.authorization)
      salts.push(String(incoming.headers['istmo-leg-salt']))
      if (used.has(incoming.socket) && resets === 0) {
        resets += 1
        incoming.socket.resetAndDestroy()
      } else json(response, '{"data":{}}')
      used.add(incoming.socket)
    })
    const { sendLeg } = openRoom()
    const answers: LegAnswer[] = []
    const hashed: boolean[] = []
    for (let i = 0; i < 5; i += 1) {
      const trail = emptyTrail()
      const leg = legTo(url, { kind }, endpoint)
      answers.push(await sendLeg(leg, request({ trail })))
      const { requestHash } = trail.sent.get(leg) ?? {}
      const body = JSON.stringify({ query: leg.query, variables: leg.variables })
      hashed.push(requestHash === saltedHash(parseLegSalt(salts.at(-1) ?? '') ?? Buffer.alloc(0), body))
    }
    const failed = answers.filter((answer) => answer.kind === 'failed')
    // The hash is of the message that came last, and no two messages have the same salt.
    expect([hashed, new Set(salts).size]).toEqual([Array(5).fill(true), salts.length])
    return { failed, asked, resets, tokens: new Set(tokens).size }
  }

  it('costs a query one more try', async () => {
    expect(await forgetful('query')).toEqual({ failed: [], asked: 6, resets: 1, tokens: 1 })
  })

  it('costs it no second one', async () => {
    let asked = 0
    const { url } = await serve((incoming, response) => {
      asked += 1
      if (asked === 1) json(response, '{"data":{}}')
      else incoming.socket.resetAndDestroy()
    })
    const { sendLeg } = openRoom()
    await sendLeg(legTo(url), request())
    const answer = await sendLeg(legTo(url), request())
    expect(answer).toEqual({ kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'CONNECTION' } })
    expect(asked).toBe(3)
  })

  it('gets a new token with that try, if the country accepts a token once', async () => {
    const once = await forgetful('query', { legTokens: 'once' })
    expect(once).toEqual({ failed: [], asked: 6, resets: 1, tokens: 6 })
  })

  it('fails a mutation, which is never sent twice', async () => {
    const failed = [{ kind: 'failed', outcome: { reach: 'UNAVAILABLE', code: 'CONNECTION' } }]
    expect(await forgetful('mutation')).toEqual({ failed, asked: 5, resets: 1, tokens: 1 })
  })
})
