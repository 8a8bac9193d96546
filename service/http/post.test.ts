import { getEventListeners, once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildConnector } from 'undici'
import { afterEach, describe, expect, it } from 'vitest'
import { type AnswerHeaders, ConnectionLost, MalformedAnswer } from './exchange.ts'
import { createKeptPool } from './kept-pool.ts'
import { AnswerTooLarge, askAgainOnce, type PostOptions, post } from './post.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A server that answers with `answer`, and a pool of connections to it. */
async function open(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const pool = createKeptPool(url, 1, buildConnector({ timeout: 5_000 }))
  closing.push(
    () => server.close(),
    () => server.closeAllConnections(),
    () => pool.destroy(),
  )
  return (over: Partial<PostOptions> = {}) => {
    const sent = { path: '/', headers: ['x-a', 'b'], body: '{}' }
    return post(pool, sent, { signal: new AbortController().signal, maxBytes: 10, ...over })
  }
}

/** Answers with two parts that do not arrive together. */
const inTwoParts =
  (first: string, second: string): RequestListener =>
  (_, response) => {
    response.writeHead(201, { 'x-b': 'c' }).write(first)
    setTimeout(() => response.end(second), 30)
  }

describe('a post', () => {
  it('has its answer when all of it came', async () => {
    const ask = await open(inTwoParts('12345', '67890'))
    const { status, headers, body } = await ask()
    expect([status, headers['x-b'], body.toString()]).toEqual([201, 'c', '1234567890'])
  })

  it('reads no more than who asks accepts, of all parts together', async () => {
    const ask = await open(inTwoParts('123456', '78901'))
    await expect(ask()).rejects.toThrow(AnswerTooLarge)
  })

  it('is not sent if who asks has given up before', async () => {
    let asked = 0
    const ask = await open((_, response) => {
      asked += 1
      response.end()
    })
    await expect(ask({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before')
    await ask()
    expect(asked).toBe(1)
  })

  it('ends with the reason for which it is given up, and the next one has its own answer', async () => {
    const giving = new AbortController()
    let asked = 0
    const ask = await open((_, response) => {
      asked += 1
      if (asked > 1) response.end('mine')
      else giving.abort(new Error('no time left'))
    })
    await expect(ask({ signal: giving.signal })).rejects.toThrow('no time left')
    expect((await ask()).body.toString()).toBe('mine')
  })

  it('lets go of the signal when it is over', async () => {
    const ask = await open((_, response) => void response.end('123456789012'))
    const { signal } = new AbortController()
    await expect(ask({ signal })).rejects.toThrow(AnswerTooLarge)
    await ask({ signal, maxBytes: 12 })
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('reads nothing of an answer whose head is not wanted', async () => {
    const ask = await open((_, response) => void response.writeHead(302, { location: '/b' }).end('123456789012'))
    const onHead = (status: number, { location }: AnswerHeaders): never => {
      throw new Error(`came ${status} to ${location}`)
    }
    await expect(ask({ onHead })).rejects.toThrow('came 302 to /b')
  })
})

describe('an answer', () => {
  const SALT = 'istmo-request-salt'

  it('that sends the salt of its request back, or none, is read', async () => {
    const salts = new Set<unknown>()
    const ask = await open(({ headers }, response) => {
      salts.add(headers[SALT])
      if (salts.size > 1) response.setHeader(SALT, headers[SALT] ?? '')
      response.end('ok')
    })
    for (let count = 0; count < 3; count++) expect((await ask()).body.toString()).toBe('ok')
    expect(salts.size).toBe(3)
  })

  it('that sends the salt of another request back is not read, and its connection is closed', async () => {
    const before = new WeakMap<object, string>()
    let connections = 0
    const ask = await open(({ headers, socket }, response) => {
      const own = String(headers[SALT])
      // As if somebody had put an answer too many on the way: each answer of the connection is the one before.
      if (!before.has(socket)) connections += 1
      response.setHeader(SALT, before.get(socket) ?? own)
      before.set(socket, own)
      response.end('ok')
    })
    const read: unknown[] = []
    for (let count = 0; count < 4; count++) {
      const onHead = (): void => void read.push(count)
      read.push(await ask({ onHead }).catch((error: unknown) => error instanceof MalformedAnswer))
    }
    expect(read.map((each) => (typeof each === 'object' ? 'ok' : each))).toEqual([0, 'ok', true, 2, 'ok', true])
    expect(connections).toBe(2)
  })
})

describe('what may be asked once more', () => {
  const ask = (failures: Error[]) => {
    let asked = 0
    const answer = askAgainOnce(async () => {
      asked += 1
      const failure = failures.shift()
      if (failure !== undefined) throw failure
      return 'answer'
    })
    return answer.catch(({ message }: Error) => message).then((came) => [asked, came])
  }
  const stale = (): Error => new ConnectionLost(new Error('closed'), true)

  it.each<[string, Error[], readonly [number, string]]>([
    ['is asked once if it is answered', [], [1, 'answer']],
    ['is asked again if its connection was closed while it rested', [stale()], [2, 'answer']],
    ['is asked twice at most', [stale(), stale()], [2, stale().message]],
    [
      'is not asked again if a new connection broke',
      [new ConnectionLost(new Error('closed'), false)],
      [1, stale().message],
    ],
    ['is not asked again for another reason', [new Error('refused')], [1, 'refused']],
  ])('%s', async (_, failures, expected) => {
    expect(await ask(failures)).toEqual(expected)
  })
})
