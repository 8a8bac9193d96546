import { once } from 'node:events'
import { request as nodeRequest } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { buildConnector, errors, type Pool } from 'undici'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type AnswerHeaders, type AnswerTaker, ConnectionLost, Exchange, MalformedAnswer } from './exchange.ts'
import { createKeptPool } from './kept-pool.ts'

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

function open(url: URL, connections = 64, connect = buildConnector({ timeout: 5_000 })): Pool {
  const pool = createKeptPool(url, connections, connect)
  opened.push(() => pool.destroy())
  return pool
}

interface Answer {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly body: string
}

/** Asks, and says what came. */
function ask(pool: Pool, over: Partial<AnswerTaker> = {}, header = 'b') {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const parts: Buffer[] = []
  let [status, headers] = [0, {} as AnswerHeaders]
  const exchange = new Exchange(
    pool,
    { path: '/', headers: ['x-a', header], body: '{}' },
    {
      onHead: (...came) => {
        ;[status, headers] = came
      },
      onPart: (part) => void parts.push(part),
      onEnd: () => resolve({ status, headers, body: Buffer.concat(parts).toString('latin1') }),
      onError: reject,
      ...over,
    },
  )
  promise.catch(() => undefined)
  exchange.send()
  return { exchange, answer: promise }
}

type Asked = ReturnType<typeof ask>

const errorOf = ({ answer }: Asked): Promise<unknown> =>
  answer.then(
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
    const busy = new Set<Socket>()
    const { url, sockets } = await serve(async (socket) => {
      expect(busy.has(socket)).toBe(false)
      busy.add(socket)
      await sleep(5)
      busy.delete(socket)
      socket.write(ANSWER)
    })
    const pool = open(url, 3)
    const all = Array.from({ length: 20 }, () => ask(pool).answer)
    for (const { body } of await Promise.all(all)) expect(body).toBe('ok')
    expect([sockets.length, busy.size, pool.stats.queued]).toEqual([3, 0, 0])
  })

  it.each([
    ['says so', `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok`],
    ['speaks HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['sends more than the answer', `${ANSWER}HTTP/1.1 200 OK\r\n`],
    ['closes it within a second', 'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 2\r\n\r\nok'],
  ])('are closed if the server %s, after the answer was read', async (_, text) => {
    const { url, sockets } = await serve((socket) => socket.write(text))
    const pool = open(url)
    for (let count = 1; count <= 3; count += 1) {
      expect(await ask(pool).answer).toMatchObject({ body: 'ok' })
      await waitForEndOf(sockets.at(-1))
      expect(sockets.length).toBe(count)
    }
  })

  it('on which bytes come that nobody asked for are closed, and their bytes are no answer', async () => {
    const { url, sockets } = await serve((socket) => socket.write(ANSWER))
    const pool = open(url)
    await ask(pool).answer
    sockets[0]?.write('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad')
    await waitForEndOf(sockets[0])
    expect(await ask(pool).answer).toMatchObject({ body: 'ok' })
    expect(sockets.length).toBe(2)
  })

  it('that the server closed while they rested are not used, even if nobody could notice it yet', async () => {
    const { url, sockets } = await serve((socket) => socket.write(ANSWER))
    const pool = open(url)
    await ask(pool).answer
    await sleep(50)
    // The system knows it at once, and the client not before it reads from its connection.
    sockets[0]?.destroy()
    expect(await ask(pool).answer).toMatchObject({ body: 'ok' })
    expect(sockets.length).toBe(2)
  })

  it('that rest for longer than the server lets them are closed', async () => {
    const { url, sockets } = await serve((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nKeep-Alive: timeout=2\r\nContent-Length: 2\r\n\r\nok'),
    )
    const pool = open(url)
    await ask(pool).answer
    const start = performance.now()
    await waitForEndOf(sockets[0])
    expect(performance.now() - start).toBeGreaterThan(900)
  })

  it('are closed by whoever finds that an answer is not its own', async () => {
    const { url, sockets } = await serve((socket) => socket.write(ANSWER))
    const pool = open(url)
    const { exchange, answer } = ask(pool)
    await answer
    exchange.closeConnection()
    await waitForEndOf(sockets[0])
    expect(await ask(pool).answer).toMatchObject({ body: 'ok' })
    exchange.closeConnection()
    expect(await ask(pool).answer).toMatchObject({ body: 'ok' })
    expect(sockets.length).toBe(2)
  })
})

describe('a request', () => {
  it('that is given up leaves the queue at once', async () => {
    const { url, asked } = await serve(() => undefined)
    const pool = open(url, 1)
    const first = ask(pool)
    const second = ask(pool)
    await vi.waitFor(() => expect(asked()).toBe(1))
    expect(pool.stats.queued).toBe(1)
    second.exchange.end(new Error('over'))
    expect(pool.stats.queued).toBe(0)
    expect(await errorOf(second)).toMatchObject({ message: 'over' })
    second.exchange.end(new Error('again'))
    first.exchange.end(new Error('over too'))
    expect(await errorOf(first)).toMatchObject({ message: 'over too' })
  })

  it('that is given up before the end of its turn is not sent', async () => {
    const { url, sockets } = await serve((socket) => socket.write(ANSWER))
    const pool = open(url)
    const given = ask(pool)
    given.exchange.end(new Error('over'))
    expect(await errorOf(given)).toMatchObject({ message: 'over' })
    await ask(pool).answer
    expect(sockets).toHaveLength(1)
  })

  it.each([
    ['before its answer', ''],
    ['in the head of its answer', 'HTTP/1.1 200'],
    ['in the body of its answer', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'],
  ])('that is given up %s closes its connection, and the next one has its own answer', async (_, start) => {
    const { url, sockets } = await serve((socket, count) => socket.write(count === 2 ? start : ANSWER))
    const pool = open(url, 1)
    await ask(pool).answer
    const second = ask(pool)
    const third = ask(pool)
    await sleep(30)
    second.exchange.end(new Error('over'))
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
      expect(await errorOf(ask(open(url), { [name]: onWrong }))).toMatchObject({ message: 'unwanted' })
      await waitForEndOf(sockets[0])
    },
  )

  it.each(['a\r\nb: c', 'a\nb', 'a\rb', '\0'])(
    'with the header %j is not sent, and its error does not quote it',
    async (header) => {
      const { url, asked } = await serve((socket) => socket.write(ANSWER))
      const error = await errorOf(ask(open(url), {}, header))
      expect((error as Error).message).toBe('invalid x-a header')
      expect(asked()).toBe(0)
    },
  )

  it('whose answer comes in many small chunks is given up', async () => {
    const { url, sockets } = await serve((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\na\r\n'.repeat(2_000)}`),
    )
    expect(await errorOf(ask(open(url)))).toBeInstanceOf(MalformedAnswer)
    await waitForEndOf(sockets[0])
  })

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
    isLost(await errorOf(ask(pool)), false)
    await ask(pool).answer
    isLost(await errorOf(ask(pool)), true)
    await ask(pool).answer
    isLost(await errorOf(ask(pool)), true, 'ECONNRESET')
    await ask(pool).answer
    isLost(await errorOf(ask(pool)), false)
  })

  it('whose answer ends with its connection is complete, and one that lacks bytes is not', async () => {
    const framings = ['', 'Content-Length: 9\r\n', 'Connection: close\r\nContent-Length: 9\r\n']
    const { url } = await serve((socket, count) => socket.end(`HTTP/1.1 200 OK\r\n${framings[count - 1]}\r\nabc`))
    const pool = open(url)
    expect(await ask(pool).answer).toMatchObject({ body: 'abc' })
    for (let count = 2; count <= 3; count++) expect(await errorOf(ask(pool))).toBeInstanceOf(ConnectionLost)
  })
})

describe('a connection that does not come about', () => {
  const failWith = (failures: Error[]): buildConnector.connector => {
    const connect = buildConnector({ timeout: 5_000 })
    return (target, callback) => {
      const failure = failures.shift()
      if (failure === undefined) connect(target, callback)
      else setImmediate(callback, failure, null)
    }
  }

  it('in time is tried again; one that is refused fails one request', async () => {
    const { url } = await serve((socket) => socket.write(ANSWER))
    const failures = [new errors.ConnectTimeoutError(), new errors.ConnectTimeoutError(), new Error('refused')]
    const pool = open(url, 1, failWith(failures))
    const [first, second] = [ask(pool), ask(pool)]
    const ends = await Promise.allSettled([first.answer, second.answer])
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(ends.find((end) => end.status === 'rejected')).toMatchObject({ reason: { message: 'refused' } })
  })

  it('keeps nobody waiting who comes later, after nobody waits for it any more', async () => {
    const { url, sockets } = await serve((socket) => void socket.write(ANSWER))
    const connect = buildConnector({ timeout: 60_000 })
    const mute: Socket[] = []
    const pool = open(url, 1, (target, done) => {
      if (mute.length > 0) return connect(target, done)
      // An attempt to which nobody answers.
      const attempt = connect({ ...target, hostname: '127.0.0.1' }, () => undefined) as unknown as Socket
      mute.push(attempt)
      return attempt
    })
    const gone = ask(pool)
    await vi.waitFor(() => expect(mute).toHaveLength(1))
    gone.exchange.end(new Error('too late'))
    expect(await errorOf(gone)).toMatchObject({ message: 'too late' })
    expect(await ask(pool).answer).toMatchObject({ body: 'ok' })
    expect(mute[0]?.destroyed).toBe(true)
    expect(sockets.length).toBeLessThanOrEqual(2)
  })
})

describe('a pool', () => {
  it('that closes ends what it has begun and what waits, and takes nothing more', async () => {
    const { url, sockets } = await serve(async (socket) => {
      await sleep(300)
      socket.write(ANSWER)
    })
    const pool = open(url, 1)
    const [first, second] = [ask(pool), ask(pool)]
    await vi.waitFor(() => expect(pool.stats.queued).toBe(1))
    let isClosed = false
    const closed = pool.close().then(() => {
      isClosed = true
    })
    expect(await errorOf(ask(pool))).toMatchObject({ code: 'UND_ERR_CLOSED' })
    expect(await first.answer).toMatchObject({ body: 'ok' })
    expect(isClosed).toBe(false)
    expect(await second.answer).toMatchObject({ body: 'ok' })
    await closed
    await waitForEndOf(sockets[0])
  })

  it('that is destroyed waits for nothing', async () => {
    const { url, asked } = await serve(() => undefined)
    const pool = open(url, 1)
    const [first, second] = [ask(pool), ask(pool)]
    await vi.waitFor(() => expect(asked()).toBe(1))
    await pool.destroy()
    for (const one of [first, second]) expect(await errorOf(one)).toMatchObject({ code: 'UND_ERR_DESTROYED' })
  })
})

describe('what is not HTTP/1.1 is refused, and nothing else breaks', () => {
  const lines = (...all: string[]): string => all.join('\r\n')
  const head = (...more: string[]): string => lines('HTTP/1.1 200 OK', ...more, '', '')
  const chunks = (text: string): string => `${head('Transfer-Encoding: chunked')}${text}`

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a switch to another protocol', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
    ['only informational answers', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(17)],
    ['bare LF', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
    ['bare CR', head('A: 1\rContent-Length: 0')],
    ['a NUL', head('A: \0')],
    ['a header without a name', head(': 1')],
    ['a blank before the colon', head('Content-Length : 1')],
    ['a length that is no number', head('Content-Length: a')],
    ['a length with a sign', head('Content-Length: +1')],
    ['a length as a list', head('Content-Length: 1, 1')],
    ['two lengths', head('Content-Length: 1', 'Content-Length: 2')],
    ['a length beyond what a number holds', head(`Content-Length: ${'9'.repeat(30)}`)],
    ['a length and chunks', head('Content-Length: 1', 'Transfer-Encoding: chunked')],
    ['a chunk without a size', chunks('\r\n')],
    ['a size with a sign', chunks('-1\r\n')],
    ['a size with a prefix', chunks('0x1\r\n')],
    ['a size that is no number', chunks('g\r\n')],
    ['a size and other words', chunks('2 junk\r\nok\r\n0\r\n\r\n')],
    ['a size beyond what a number holds', chunks(`${'f'.repeat(20)}\r\n`)],
    ['a size that ends with LF', chunks('1\na\r\n')],
    ['a size that ends with CR', chunks('1\ra\r\n')],
    ['a control character in an extension', chunks('1;a\n\r\na\r\n')],
    ['a chunk that is longer than its size', chunks('1\r\nab\r\n')],
    ['a trailer that is no header', chunks('0\r\na b: 1\r\n\r\n')],
    ['endless trailers', chunks(`0\r\n${'a: 1\r\n'.repeat(10_000)}`)],
    ['an endless head', `HTTP/1.1 200 OK\r\n${'a: 1\r\n'.repeat(10_000)}`],
    ['a head that is too large', head(`A: ${'a'.repeat(17_000)}`)],
  ])('%s', async (_, text) => {
    const { url, sockets } = await serve((socket, count) => socket.write(count === 2 ? text : ANSWER, 'latin1'))
    const pool = open(url, 1)
    await ask(pool).answer
    expect(await errorOf(ask(pool))).toBeInstanceOf(MalformedAnswer)
    await waitForEndOf(sockets[0])
    expect(await ask(pool).answer).toMatchObject({ body: 'ok' })
  })

  it('an extension without an end keeps its request waiting, which its caller’s clock ends, and no other', async () => {
    const { url } = await serve((socket, count) => {
      if (count > 1) return socket.write(ANSWER)
      socket.write(chunks('2;'))
      const flood = setInterval(() => socket.write('a'.repeat(10_000)), 1)
      return socket.on('close', () => clearInterval(flood))
    })
    const pool = open(url)
    const parts: Buffer[] = []
    const endless = ask(pool, { onPart: (part) => void parts.push(part) })
    await sleep(50)
    expect(await ask(pool).answer).toMatchObject({ body: 'ok' })
    endless.exchange.end(new Error('over'))
    expect(await errorOf(endless)).toMatchObject({ message: 'over' })
    expect(parts).toEqual([])
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
  const fields = fc.array(fc.tuple(fc.constantFrom('a', 'B', 'Date', 'x-y'), fc.stringMatching(/^[ -~]{0,8}[!-~]$/)), {
    maxLength: 4,
  })
  const pool = open(url)
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
        const { status, headers, body: ours } = await ask(pool).answer
        const distinct = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()]))
        expect({ status, headers: distinct, body: ours }).toEqual(await byNode())
      },
    ),
    { numRuns: 60 },
  )
})
