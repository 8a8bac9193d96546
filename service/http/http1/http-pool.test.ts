import { once } from 'node:events'
import { request as nodeRequest } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { buildConnector, errors } from 'undici'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Connection, Sending } from './connection.ts'
import { HttpPool, type HttpPoolOptions } from './http-pool.ts'
import { ConnectionLost, MalformedAnswer } from './http1-errors.ts'
import { openPost, writeRequest } from './write-request.ts'

const opened: (() => unknown)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** A server on plain sockets, which says what `answer` writes for each request. */
async function serve(answer: (socket: Socket, count: number) => void) {
  const sockets: Socket[] = []
  let asked = 0
  const server: Server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined))
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      if (!text.endsWith('}')) return
      text = ''
      asked += 1
      answer(socket, asked)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  opened.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`), sockets, asked: () => asked }
}

function open(url: URL, over: Partial<HttpPoolOptions> = {}): HttpPool {
  const pool = new HttpPool(url, { maxConnections: 64, connect: buildConnector({ timeout: 5_000 }), ...over })
  opened.push(() => pool.destroy())
  return pool
}

interface Asked extends Sending {
  readonly answer: Promise<{ readonly status: number; readonly headers: object; readonly body: string }>
}

function ask(pool: HttpPool, url: URL, over: Partial<Sending> = {}): Asked {
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<Asked['answer']>>()
  let [status, headers] = [0, {}]
  const parts: Buffer[] = []
  const sending: Asked = {
    ...writeRequest(openPost(url, []), [], '{}'),
    connection: null as Connection | null,
    onHead: (...came) => {
      ;[status, headers] = came
    },
    onPart: (part) => void parts.push(part),
    onEnd: () => resolve({ status, headers, body: Buffer.concat(parts).toString('latin1') }),
    onError: reject,
    answer: promise,
    ...over,
  }
  promise.catch(() => undefined)
  pool.send(sending)
  return sending
}

const errorOf = (asked: Asked): Promise<unknown> =>
  asked.answer.then(
    () => expect.fail(),
    (error: unknown) => error,
  )
/** Waits until a connection of the server is closed. A resting one would be closed too, but later. */
const waitForEndOf = async (socket: Socket | undefined) => {
  const start = performance.now()
  await vi.waitFor(() => expect(socket?.readyState).not.toBe('open'))
  expect(performance.now() - start).toBeLessThan(3_000)
}
const isLost = (error: unknown, wasKeptAlive: boolean, code = 'UND_ERR_SOCKET') => {
  expect(error).toBeInstanceOf(ConnectionLost)
  expect(error).toMatchObject({ wasKeptAlive, code })
}

describe('connections', () => {
  it('are used again, and never by two requests at once', async () => {
    let running = 0
    const busy = new Set<Socket>()
    const { url, sockets } = await serve(async (socket) => {
      expect(busy.has(socket)).toBe(false)
      busy.add(socket)
      running += 1
      await sleep(5)
      busy.delete(socket)
      running -= 1
      socket.write(ANSWER)
    })
    const pool = open(url, { maxConnections: 3 })
    const all = Array.from({ length: 20 }, () => ask(pool, url).answer)
    expect(pool.queued).toBe(20)
    for (const { body } of await Promise.all(all)) expect(body).toBe('ok')
    expect([sockets.length, running, pool.queued]).toEqual([3, 0, 0])
  })

  it.each([
    ['says so', `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok`],
    ['speaks HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['sends more than the answer', `${ANSWER}HTTP/1.1 200 OK\r\n`],
  ])('are closed if the server %s, after the answer was read', async (_, text) => {
    const { url, sockets } = await serve((socket) => socket.write(text))
    const pool = open(url)
    for (let count = 1; count <= 3; count += 1) {
      expect(await ask(pool, url).answer).toMatchObject({ body: 'ok' })
      await waitForEndOf(sockets.at(-1))
      expect(sockets.length).toBe(count)
    }
  })

  it('on which bytes come that nobody asked for are closed, and their bytes are no answer', async () => {
    const { url, sockets } = await serve((socket) => socket.write(ANSWER))
    const pool = open(url)
    await ask(pool, url).answer
    sockets[0]?.write('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad')
    await waitForEndOf(sockets[0])
    expect(await ask(pool, url).answer).toMatchObject({ body: 'ok' })
    expect(sockets.length).toBe(2)
  })

  it('that the server closed while they rested are not used, even if nobody could notice it yet', async () => {
    const { url, sockets } = await serve((socket) => socket.write(ANSWER))
    const pool = open(url)
    await ask(pool, url).answer
    await sleep(1_050)
    // The system knows it at once, and the client not before it reads from its connection.
    sockets[0]?.destroy()
    expect(await ask(pool, url).answer).toMatchObject({ body: 'ok' })
    expect(sockets.length).toBe(2)
  })

  it('that rest beside one that turns out to be stale are not used any more', async () => {
    const answered = new Set<Socket>()
    const { url, sockets } = await serve((socket, count) => {
      // As a server does that was started again: it knows no earlier connection.
      if (count > 2 && answered.has(socket)) socket.resetAndDestroy()
      else if (count > 1) for (const one of sockets) answered.add(one) && one.write(ANSWER)
    })
    const pool = open(url)
    await Promise.all([ask(pool, url).answer, ask(pool, url).answer])
    isLost(await ask(pool, url).answer.catch((error: unknown) => error), true, 'ECONNRESET')
    expect(await ask(pool, url).answer).toMatchObject({ body: 'ok' })
  })

  it('that rest for longer than the server lets them are closed', async () => {
    const { url, sockets } = await serve((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=2\r\nContent-Length: 2\r\n\r\nok'),
    )
    const pool = open(url)
    await ask(pool, url).answer
    const start = performance.now()
    await waitForEndOf(sockets[0])
    expect(performance.now() - start).toBeGreaterThan(900)
  })

  it('whose rest has ended are not used, even before anybody looked for them', async () => {
    const answerOf = (timeout: number) =>
      `HTTP/1.1 200 OK\r\nKeep-Alive: timeout=${timeout}\r\nContent-Length: 2\r\n\r\nok`
    const used: Socket[] = []
    const { url } = await serve(async (socket, count) => {
      used.push(socket)
      // The second one begins its rest of a second between two looks at the resting ones, which come once a second.
      if (count === 2) await sleep(400)
      socket.write(answerOf(count === 2 ? 2 : 60))
    })
    const pool = open(url)
    const first = ask(pool, url)
    const second = ask(pool, url)
    await first.answer
    await second.answer
    await sleep(1_150)
    await ask(pool, url).answer
    expect(used[1]).not.toBe(used[0])
    expect(used[2]).toBe(used[0])
  })

  it('that were used last are used first, so that those which nobody needs can close', async () => {
    const used: Socket[] = []
    const { url, sockets } = await serve((socket, count) => {
      used.push(socket)
      // Two requests at once need two connections.
      if (count === 2) for (const one of sockets) one.write(ANSWER)
      else if (count > 2) socket.write(ANSWER)
    })
    const pool = open(url)
    await Promise.all([ask(pool, url).answer, ask(pool, url).answer])
    for (let times = 0; times < 4; times++) await ask(pool, url).answer
    expect(sockets).toHaveLength(2)
    expect(new Set(used.slice(2)).size).toBe(1)
  })

  it('whose request the server answered before it read it are closed', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.pause().write(ANSWER)
      opened.push(() => socket.destroy())
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    opened.push(() => server.close())
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    const used: (Connection | null)[] = []
    const onHead = () => void used.push(asked.connection)
    const request = writeRequest(openPost(url, []), [], Buffer.alloc(20_000_000))
    const asked = ask(open(url), url, { ...request, onHead })
    expect(await asked.answer).toMatchObject({ body: 'ok' })
    expect(used.map((connection) => connection?.isOpen)).toEqual([false])
  })
})

describe('a request', () => {
  it('that is given up leaves the queue at once', async () => {
    const { url, asked } = await serve(() => undefined)
    const pool = open(url, { maxConnections: 1 })
    const first = ask(pool, url)
    const second = ask(pool, url)
    await vi.waitFor(() => expect(asked()).toBe(1))
    pool.giveUp(second, new Error('over'))
    expect(pool.queued).toBe(0)
    expect(await errorOf(second)).toMatchObject({ message: 'over' })
    pool.giveUp(second, new Error('again'))
    pool.giveUp(first, new Error('over too'))
    expect(await errorOf(first)).toMatchObject({ message: 'over too' })
  })

  it.each([
    ['before its answer', ''],
    ['in the head of its answer', 'HTTP/1.1 200'],
    ['in the body of its answer', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'],
  ])('that is given up %s closes its connection, and the next one has its own answer', async (_, start) => {
    const { url, sockets } = await serve((socket, count) => socket.write(count === 2 ? start : ANSWER))
    const pool = open(url, { maxConnections: 1 })
    await ask(pool, url).answer
    const second = ask(pool, url)
    const third = ask(pool, url)
    await sleep(30)
    pool.giveUp(second, new Error('over'))
    expect(await errorOf(second)).toMatchObject({ message: 'over' })
    expect(await third.answer).toMatchObject({ body: 'ok' })
    expect(sockets.length).toBe(2)
  })

  it.each(['onHead', 'onPart'] as const)(
    'whose taker throws in %s has its error, and no more is read',
    async (name) => {
      const { url, sockets } = await serve((socket) => socket.write(ANSWER))
      const onWrong = (): never => {
        throw new Error('unwanted')
      }
      expect(await errorOf(ask(open(url), url, { [name]: onWrong }))).toMatchObject({ message: 'unwanted' })
      await waitForEndOf(sockets[0])
    },
  )

  it('on a new connection that breaks may not be sent again; on a kept one it may, before any byte of the answer', async () => {
    const breaks: ((socket: Socket) => void)[] = [
      (socket) => socket.destroy(),
      (socket) => void socket.write(ANSWER),
      (socket) => socket.destroy(),
      (socket) => void socket.write(ANSWER),
      (socket) => socket.resetAndDestroy(),
      (socket) => void socket.write(ANSWER),
      (socket) => socket.end('H'),
    ]
    const { url } = await serve((socket, count) => breaks[count - 1]?.(socket))
    const pool = open(url)
    isLost(await errorOf(ask(pool, url)), false)
    await ask(pool, url).answer
    isLost(await errorOf(ask(pool, url)), true)
    await ask(pool, url).answer
    isLost(await errorOf(ask(pool, url)), true, 'ECONNRESET')
    await ask(pool, url).answer
    isLost(await errorOf(ask(pool, url)), false)
  })

  it('whose answer ends with its connection is complete, and one that lacks bytes is not', async () => {
    const { url } = await serve((socket, count) =>
      socket.end(`HTTP/1.1 200 OK\r\n${count === 1 ? '' : 'Content-Length: 9\r\n'}\r\nabc`),
    )
    const pool = open(url)
    expect(await ask(pool, url).answer).toMatchObject({ body: 'abc' })
    isLost(await errorOf(ask(pool, url)), false)
  })

  it('whose answer is wrong fails, and closes its connection', async () => {
    const { url, sockets } = await serve((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1,1\r\n\r\n'))
    expect(await errorOf(ask(open(url), url))).toBeInstanceOf(MalformedAnswer)
    await waitForEndOf(sockets[0])
  })
})

describe('a connection that does not come about', () => {
  const failWith = (failures: Error[]): HttpPoolOptions['connect'] => {
    const connect = buildConnector({ timeout: 5_000 })
    return (target, callback) => {
      const failure = failures.shift()
      if (failure === undefined) connect(target, callback)
      else setImmediate(callback, failure, null)
    }
  }

  it('in time is tried again; one that is refused fails one request', async () => {
    const { url } = await serve((socket) => socket.write(ANSWER))
    const connect = failWith([new errors.ConnectTimeoutError(), new errors.ConnectTimeoutError(), new Error('refused')])
    const pool = open(url, { connect, maxConnections: 1 })
    const [first, second] = [ask(pool, url), ask(pool, url)]
    expect(await errorOf(first)).toMatchObject({ message: 'refused' })
    expect(await second.answer).toMatchObject({ body: 'ok' })
  })

  it('for longer than a second keeps nobody waiting who comes later, and is used when it comes about', async () => {
    const { url, sockets } = await serve((socket) => void socket.write(ANSWER))
    const connect = buildConnector({ timeout: 5_000 })
    const held: (() => void)[] = []
    const pool = open(url, {
      connect: (options, done) =>
        held.length === 0 ? held.push(() => connect(options, done)) : connect(options, done),
    })
    const gone = ask(pool, url)
    pool.giveUp(gone, new Error('too late'))
    const early = ask(pool, url)
    await sleep(50)
    expect(sockets).toHaveLength(0)
    await sleep(1_000)
    const late = ask(pool, url)
    expect((await early.answer).body).toBe('ok')
    expect((await late.answer).body).toBe('ok')
    expect(sockets).toHaveLength(2)
    held[0]?.()
    await vi.waitFor(() => expect(sockets).toHaveLength(3))
    expect((await ask(pool, url).answer).body).toBe('ok')
    expect(sockets).toHaveLength(3)
  })

  it('fails nobody who does not wait for it', async () => {
    const { url } = await serve((socket) => socket.write(ANSWER))
    const pool = open(url, { connect: failWith([new Error('refused'), new Error('refused')]) })
    const [first, second] = [ask(pool, url), ask(pool, url)]
    pool.giveUp(first, new Error('over'))
    expect(await errorOf(second)).toMatchObject({ message: 'refused' })
    expect(await ask(pool, url).answer).toMatchObject({ body: 'ok' })
  })
})

describe('a pool', () => {
  it('that closes ends what it has begun and what waits, and takes nothing more', async () => {
    const { url, sockets } = await serve(async (socket) => {
      await sleep(20)
      socket.write(ANSWER)
    })
    const pool = open(url, { maxConnections: 1 })
    const [first, second] = [ask(pool, url), ask(pool, url)]
    let isClosed = false
    const closed = pool.close().then(() => {
      isClosed = true
    })
    isLost(await errorOf(ask(pool, url)), false)
    expect(await first.answer).toMatchObject({ body: 'ok' })
    expect(isClosed).toBe(false)
    expect(await second.answer).toMatchObject({ body: 'ok' })
    await closed
    await waitForEndOf(sockets[0])
  })

  it.each<[string, (pool: HttpPool, waiting: Asked, refuse: () => void) => void]>([
    ['was given up', (pool, waiting) => pool.giveUp(waiting, new Error('over'))],
    ['could not be sent', (_pool, _waiting, refuse) => refuse()],
  ])('that closes is closed when the last request that waited %s', async (_, end) => {
    const url = new URL('http://127.0.0.1:1/')
    let refuse = (): void => undefined
    const pool = open(url, {
      connect: (_options, done) => {
        refuse = () => done(new Error('refused'), null)
      },
    })
    const waiting = ask(pool, url)
    const closed = pool.close().then(() => 'closed')
    end(pool, waiting, refuse)
    await errorOf(waiting)
    expect(await Promise.race([closed, sleep(1_000, 'open')])).toBe('closed')
  })

  it('connects to an address of IPv6 without the brackets of its URL', async () => {
    const url = new URL('http://[2001:db8::1]:8080/')
    const targets: unknown[] = []
    const pool = open(url, {
      connect: ({ hostname, port }, done) => {
        targets.push([hostname, port])
        setImmediate(done, new Error('refused'), null)
      },
    })
    expect(await errorOf(ask(pool, url))).toMatchObject({ message: 'refused' })
    expect(targets).toEqual([['2001:db8::1', '8080']])
  })

  it('that is destroyed waits for nothing', async () => {
    const { url, asked } = await serve(() => undefined)
    const pool = open(url, { maxConnections: 1 })
    const [first, second] = [ask(pool, url), ask(pool, url)]
    await vi.waitFor(() => expect(asked()).toBe(1))
    await pool.destroy()
    isLost(await errorOf(first), false)
    isLost(await errorOf(second), false)
  })
})

it('answers are read as Node’s own client reads them', async () => {
  let text = ''
  let cuts: readonly number[] = []
  const { url } = await serve(async (socket) => {
    let from = 0
    for (const cut of [...cuts, text.length]) {
      socket.write(Buffer.from(text.slice(from, cut), 'latin1'))
      from = cut
      await new Promise((resolve) => setImmediate(resolve))
    }
    if (!/content-length|transfer-encoding/i.test(text)) socket.end()
  })
  const byNode = (): Promise<object> =>
    new Promise((resolve, reject) => {
      const sent = nodeRequest(url, { method: 'POST', agent: false }, async (response) => {
        const parts: Buffer[] = []
        for await (const part of response) parts.push(part as Buffer)
        const { statusCode, headersDistinct } = response
        resolve({ status: statusCode, headers: { ...headersDistinct }, body: Buffer.concat(parts).toString('latin1') })
      })
      sent.on('error', reject).end('{}')
    })
  const body = fc.stringMatching(/^[a-z"{}:]{0,40}$/)
  const framing = fc.constantFrom('length', 'chunks', 'close')
  const fields = fc.array(fc.tuple(fc.constantFrom('a', 'B', 'Date', 'x-y'), fc.stringMatching(/^[ -~]{0,9}$/)), {
    maxLength: 4,
  })
  await fc.assert(
    fc.asyncProperty(
      body,
      framing,
      fields,
      fc.array(fc.nat({ max: 200 }), { maxLength: 4 }),
      async (all, kind, more, at) => {
        const middle = Math.floor(all.length / 2)
        const chunk = (each: string) => (each === '' ? '' : `${each.length.toString(16)}\r\n${each}\r\n`)
        const [header, sent] = {
          length: [`Content-Length: ${all.length}\r\n`, all],
          chunks: [
            'Transfer-Encoding: chunked\r\n',
            `${chunk(all.slice(0, middle))}${chunk(all.slice(middle))}0\r\n\r\n`,
          ],
          close: ['', all],
        }[kind] as [string, string]
        text = `HTTP/1.1 200 OK\r\n${more.map(([name, value]) => `${name}: ${value}\r\n`).join('')}${header}\r\n${sent}`
        cuts = at.filter((cut) => cut < text.length).sort((a, b) => a - b)
        const { status, headers, body: ours } = await ask(open(url), url).answer
        const distinct = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()]))
        expect({ status, headers: distinct, body: ours }).toEqual(await byNode())
      },
    ),
    { numRuns: 60 },
  )
})
