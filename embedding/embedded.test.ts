import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { HeaderMap } from '@apollo/server'
import { buildSchema, getOperationAST, parse } from 'graphql'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { IstmoError } from '../contract/errors.ts'
import { readDocument } from '../gateway/admit/read-document.ts'
import type { OperationRunner } from '../gateway/front/operations.ts'
import { aCaller } from '../gateway/testing.ts'
import type { EngineAnswer, RequestContext } from '../gateway/types/flow.ts'
import { createEmbedded, type EmbeddedOptions, type Executor } from './embedded.ts'

type HostRequest = Parameters<Executor>[0]

const apiSchema = buildSchema('type Query { hello(name: String): String }')
const SECRET = 'the address 10.0.0.7'

/** Makes a runner that answers with `answer`, and keeps what it saw. */
function aRunner(answer: (context: RequestContext) => EngineAnswer | Promise<EngineAnswer>) {
  const seen: RequestContext[] = []
  let closed = 0
  const runner: OperationRunner = {
    apiSchema,
    readDocument: async (source) => readDocument(source, apiSchema, null),
    async execute(_, context) {
      seen.push(context)
      return answer(context)
    },
    async close() {
      closed += 1
    },
  }
  return { runner, seen, closed: () => closed }
}

const HELLO = () => ({ data: { hello: 'x' } })

function aDoor(over: Partial<EmbeddedOptions> = {}) {
  const answered: unknown[] = []
  const door = createEmbedded({
    ...{ runner: aRunner(HELLO).runner, path: '/graphql', requestDeadlineMs: 8_000, log: pino({ level: 'silent' }) },
    authenticate: async () => ({ caller: aCaller(), grounds: null, groundsRejected: null }),
    onAnswered: ({ status, code }) => void answered.push({ status, code }),
    ...over,
  })
  return { ...door, answered }
}

/** Makes a request as Apollo Server hands it over. */
function aRequest(over: Partial<HostRequest> = {}, source = '{ hello }') {
  const headers = new Headers()
  const response = { http: { headers, status: undefined } }
  const document = parse(source)
  const host = {
    ...{
      request: { query: source, http: { method: 'POST', url: '', headers: new HeaderMap() } },
      response,
      document,
      source,
    },
    operation: getOperationAST(document),
    ...over,
  } as unknown as HostRequest
  return { host, headers }
}

/** A connection of which only the close is heard. */
function aConnection(remoteAddress = '192.0.2.7') {
  const socket = Object.assign(new EventEmitter(), { remoteAddress, destroyed: false })
  return { socket, message: { socket } as unknown as IncomingMessage }
}

describe('the connection that the host shows', () => {
  it('gives the address by which strangers are counted; without it they are counted together', async () => {
    const addresses: string[] = []
    const admission = {
      request: async (_: unknown, address: string) => void addresses.push(address),
      enter: () => () => {},
      reserveEntry: () => () => {},
      document: () => null,
    }
    const connectionOf = (context: unknown) => (context as { message: IncomingMessage | null }).message
    await aDoor({ admission, connectionOf }).execute(aRequest({ context: { message: aConnection().message } }).host)
    await aDoor({ admission, connectionOf }).execute(aRequest({ context: { message: null } }).host)
    await aDoor({ admission }).execute(aRequest().host)
    expect(addresses).toEqual(['192.0.2.7', '', ''])
  })

  it('tells that the client hung up, while its request is in progress, and is let go after it', async () => {
    const { socket, message } = aConnection()
    const { runner, seen } = aRunner(({ hangup }) => {
      socket.emit('close')
      return { data: { hello: String(hangup.isGone) } }
    })
    const { execute, answered } = aDoor({ runner, connectionOf: () => message })
    expect(await execute(aRequest().host)).toEqual({ data: { hello: 'true' } })
    expect(answered).toEqual([{ status: 200, code: 'HANGUP' }])
    expect(socket.listenerCount('close')).toBe(0)
    const other = aConnection()
    const kept = aRunner(HELLO)
    await aDoor({ runner: kept.runner, connectionOf: () => other.message }).execute(aRequest().host)
    other.socket.emit('close')
    expect(kept.seen[0]?.hangup.isGone).toBe(false)
    expect(other.socket.listenerCount('close')).toBe(0)
    expect(seen).toHaveLength(1)
  })

  it('that closed before the operation began counts as a client who is gone', async () => {
    const { socket, message } = aConnection()
    socket.destroyed = true
    const { runner, seen } = aRunner(HELLO)
    await aDoor({ runner, connectionOf: () => message }).execute(aRequest().host)
    expect(seen[0]?.hangup.isGone).toBe(true)
  })
})

describe('an answer', () => {
  it.each<[string, EngineAnswer]>([
    ['values', { data: { hello: 'Áé', __proto__: null } }],
    ['JSON', { data: null, json: '{"hello":"Áé"}' }],
  ])('reaches the host’s plugins as values, made of %s', async (_, answer) => {
    const { data } = await aDoor({ runner: aRunner(() => answer).runner }).execute(aRequest().host)
    expect(data).toEqual({ hello: 'Áé' })
  })

  it('has errors that Apollo Server passes on: path, code, and a status if it is not 200', async () => {
    const errors = [
      {
        message: 'm',
        path: ['hello', 0],
        locations: [{ line: 1, column: 3 }],
        extensions: { code: 'UNAVAILABLE', country: 'SV' },
      },
      { message: 'n', extensions: { code: 'UNAVAILABLE' } },
    ]
    const { runner } = aRunner(() => ({ data: null, errors, status: 403 }))
    const result = await aDoor({ runner }).execute(aRequest().host)
    const [first, second] = (result.errors ?? []).map((error) => error.toJSON())
    expect(first).toMatchObject({ path: ['hello', 0], locations: [{ line: 1, column: 3 }] })
    expect(first?.extensions).toMatchObject({ code: 'UNAVAILABLE', country: 'SV', http: { status: 403 } })
    expect(second?.extensions).toEqual({ code: 'UNAVAILABLE' })
    expect(result.data).toBeNull()
  })

  it('may not be kept by a cache of the host', async () => {
    const hints: unknown[] = []
    const overallCachePolicy = { restrict: (hint: unknown) => void hints.push(hint) }
    await aDoor().execute(aRequest({ overallCachePolicy } as unknown as Partial<HostRequest>).host)
    expect(hints).toEqual([{ maxAge: 0, scope: 'PRIVATE' }])
  })

  it('masks what nobody expected, and logs it whole', async () => {
    const lines: string[] = []
    const log = pino({ level: 'error' }, { write: (line: string) => void lines.push(line) })
    const crash = () => {
      throw new TypeError(SECRET)
    }
    const inEngine = await aDoor({ log, runner: aRunner(crash).runner }).execute(aRequest().host)
    const inAuthentication = await aDoor({ log, authenticate: async () => crash() }).execute(aRequest().host)
    for (const { data, errors } of [inEngine, inAuthentication]) {
      expect(data).toBeUndefined()
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['INTERNAL'])
      expect(JSON.stringify(errors)).not.toContain(SECRET)
    }
    expect(lines.filter((line) => line.includes(SECRET))).toHaveLength(2)
  })

  it('says after how many seconds to try again', async () => {
    const limited = () => {
      throw new IstmoError('RATE_LIMITED', undefined, { retryAfterSeconds: 3 })
    }
    const inEngine = aRequest()
    const before = aRequest()
    await aDoor({ runner: aRunner(limited).runner }).execute(inEngine.host)
    await aDoor({ authenticate: async () => limited() }).execute(before.host)
    for (const { headers } of [inEngine, before]) expect(headers.get('retry-after')).toBe('3')
  })

  it('names the language and the request', async () => {
    const { host, headers } = aRequest()
    await aDoor().execute(host)
    expect(headers.get('content-language')).toBe('en')
    expect(headers.get('istmo-request-id')).toMatch(/^[\da-f-]{36}$/)
  })
})

describe('a door that closes', () => {
  it('waits for what is in progress, rejects the rest, and closes its runner once', async () => {
    const { promise, resolve } = Promise.withResolvers<EngineAnswer>()
    const { runner, closed } = aRunner(() => promise)
    const { execute, close } = aDoor({ runner })
    const first = execute(aRequest().host)
    const closing = close()
    const { errors } = await execute(aRequest().host)
    expect(errors?.map(({ extensions }) => extensions)).toMatchObject([
      { code: 'SHUTTING_DOWN', http: { status: 503 } },
    ])
    expect(closed()).toBe(0)
    resolve({ data: { hello: 'late' } })
    expect((await first).data).toEqual({ hello: 'late' })
    await closing
    await close()
    expect(closed()).toBe(1)
  })

  it('lets an operation end with the runner with which it began', async () => {
    const { promise, resolve } = Promise.withResolvers<EngineAnswer>()
    const before = aRunner(() => promise)
    const after = aRunner(() => ({ data: { hello: 'new' } }))
    const { execute, replaceRunner } = aDoor({ runner: before.runner })
    const first = execute(aRequest().host)
    await replaceRunner(after.runner)
    expect((await execute(aRequest().host)).data).toEqual({ hello: 'new' })
    expect(before.closed()).toBe(0)
    resolve({ data: { hello: 'old' } })
    expect((await first).data).toEqual({ hello: 'old' })
    expect(before.closed()).toBe(1)
  })
})

describe('a request that the host makes itself', () => {
  it('has no token, so that it is answered only if strangers are', async () => {
    const seen: unknown[] = []
    const authenticate: EmbeddedOptions['authenticate'] = async (credentials) => {
      seen.push(credentials)
      throw new IstmoError('TOKEN_MISSING')
    }
    const { errors } = await aDoor({ authenticate }).execute(aRequest({ request: { query: '{ hello }' } }).host)
    expect(errors?.[0]?.extensions.code).toBe('TOKEN_MISSING')
    expect(seen).toEqual([
      { authorization: [], proofs: [], mandate: [], method: '', path: '/graphql', clientCertificate: null },
    ])
  })
})
