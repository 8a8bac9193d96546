import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { sendAtFixedTimes } from './fixed-times.ts'

/** Timers end up to a millisecond before their time, as `performance.now()` counts. */
const TIMER_MS = 1

const closing: (() => void)[] = []

afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function serve(answer: RequestListener): Promise<number> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

async function serveSockets(answer: (socket: Socket) => void): Promise<number> {
  const server = createSocketServer({ noDelay: true }, (socket) => socket.on('data', () => answer(socket)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return (server.address() as AddressInfo).port
}

const requestOf = (path: string): Buffer => Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`)

function end(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-length': Buffer.byteLength(body) }).end(body)
}

describe('the open-loop generator', () => {
  it('sends as many requests as are due, in turn, and measures at least the delay of the server', async () => {
    const delayMs = 60
    const paths: (string | undefined)[] = []
    const port = await serve(async ({ url }, response) => {
      paths.push(url)
      await sleep(delayMs)
      end(response, `answer ${url}`)
    })
    const seen = await sendAtFixedTimes({ port, requests: ['/a', '/b'].map(requestOf), perSecond: 200, seconds: 0.25 })
    expect(seen.latencies).toHaveLength(50)
    // Two more than are due, which ask what the answers are.
    expect(Map.groupBy(paths, (path) => path).get('/a')).toHaveLength(26)
    expect(Map.groupBy(paths, (path) => path).get('/b')).toHaveLength(26)
    expect(Math.min(...seen.latencies)).toBeGreaterThanOrEqual(delayMs - TIMER_MS)
    expect(Math.min(...seen.late)).toBeGreaterThanOrEqual(0)
  })

  it('counts it too when it was late itself', async () => {
    const blockedMs = 50
    let count = 0
    const port = await serve((_, response) => {
      count += 1
      // The server is in the process of the generator, so it makes what is due in this time late.
      const until = performance.now() + (count === 2 ? blockedMs : 0)
      while (performance.now() < until);
      end(response, 'soon')
    })
    const seen = await sendAtFixedTimes({ port, requests: [requestOf('/')], perSecond: 200, seconds: 0.1 })
    expect(Math.max(...seen.late)).toBeGreaterThanOrEqual(blockedMs - 1_000 / 200 - TIMER_MS)
    for (const [at, late] of seen.late.entries()) expect(seen.latencies[at]).toBeGreaterThanOrEqual(late)
  })

  it('goes on sending while no answer comes, and counts the waiting of each request from the time at which it was due', async () => {
    const [perSecond, count] = [500, 100]
    const held: ServerResponse[] = []
    const port = await serve((_: IncomingMessage, response) => {
      // The first request is the one that learns the answer. All others are answered when the last one has come.
      held.push(response)
      if (held.length === 1 || held.length === count + 1)
        for (const one of held) if (!one.writableEnded) end(one, 'late')
    })
    const { latencies } = await sendAtFixedTimes({
      port,
      requests: [requestOf('/')],
      perSecond,
      seconds: count / perSecond,
    })
    expect(latencies).toHaveLength(count)
    for (const [at, latency] of latencies.entries()) {
      const untilLastMs = ((count - 1 - at) * 1_000) / perSecond
      expect(latency).toBeGreaterThanOrEqual(untilLastMs - TIMER_MS)
    }
  })

  it('counts the requests for which it had no free connection, and sends them when it has one', async () => {
    let count = 0
    const port = await serve((_, response) => {
      count += 1
      end(response, 'soon')
    })
    // All are due at once, before an answer can come.
    const plan = { port, requests: [requestOf('/')], perSecond: 1_000_000, seconds: 10 / 1_000_000 }
    expect((await sendAtFixedTimes(plan)).withoutConnection).toBe(0)
    const { withoutConnection, latencies } = await sendAtFixedTimes({ ...plan, maxConnections: 1 })
    expect(withoutConnection).toBeGreaterThan(0)
    expect(latencies).toHaveLength(10)
    expect(count).toBe(22)
  })

  it('puts together an answer that comes in pieces', async () => {
    const whole = 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nabcdef'
    // Within a word of the head, at its end, and within the body.
    const cuts = [20, whole.indexOf('\r\n\r\n') + 2, whole.length - 3]
    let count = 0
    const port = await serveSockets(async (socket) => {
      const all = count++ === 0 ? [0, whole.length] : [0, ...cuts, whole.length]
      for (const [at, end] of all.slice(1).entries()) {
        socket.write(whole.slice(all[at], end))
        await sleep(2)
      }
    })
    const { latencies } = await sendAtFixedTimes({ port, requests: [requestOf('/')], perSecond: 50, seconds: 0.1 })
    expect(latencies).toHaveLength(5)
  })

  it.each([
    ['another status', 'HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n', 'came HTTP/1.1 503 Busy'],
    ['an answer without a length', 'HTTP/1.1 200 OK\r\n\r\nab', 'says its length'],
    ['an answer that is too long', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab', 'longer than it says'],
  ])('refuses %s', async (_, bytes, message) => {
    const port = await serve((_request, response) => void response.socket?.write(bytes))
    const plan = { port, requests: [requestOf('/')], perSecond: 10, seconds: 0.1 }
    await expect(sendAtFixedTimes(plan)).rejects.toThrow(message)
  })

  it('refuses an answer that is not the one that came first', async () => {
    let count = 0
    const port = await serve((_, response) => {
      count += 1
      end(response, count === 3 ? 'wrong' : 'right')
    })
    const plan = { port, requests: [requestOf('/')], perSecond: 100, seconds: 0.05 }
    await expect(sendAtFixedTimes(plan)).rejects.toThrow('expected right; came wrong')
  })
})
