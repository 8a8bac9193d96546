import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { createUpstream } from './upstream.ts'

const BODY = '{"data":{"case":null}}'
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`

const opened: (() => unknown)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** A service on plain sockets, which says what it does with each request of a connection, and how often. */
async function serve(onRequest: (socket: Socket, ofConnection: number) => void) {
  const seen = { requests: 0, connections: 0 }
  const server = createServer((socket) => {
    let ofConnection = 0
    seen.connections += 1
    socket.on('error', () => undefined)
    socket.on('data', () => {
      seen.requests += 1
      ofConnection += 1
      onRequest(socket, ofConnection)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const upstream = createUpstream(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  opened.push(
    () => server.close(),
    () => upstream.close(),
  )
  return { upstream, seen }
}

describe('a service that closes connections which the node kept open', () => {
  it('is asked again, until a connection answers', async () => {
    let isRestarted = false
    const { upstream, seen } = await serve((socket, ofConnection) => {
      if (isRestarted && ofConnection > 1) socket.resetAndDestroy()
      else if (isRestarted || seen.requests === 3) for (const one of waiting.splice(0).concat(socket)) one.write(ANSWER)
      else waiting.push(socket)
    })
    const waiting: Socket[] = []
    await Promise.all([1, 2, 3].map(() => upstream.send('{}', {})))
    expect(seen).toEqual({ requests: 3, connections: 3 })
    isRestarted = true
    // A connection can be used again a moment after its answer.
    await sleep(50)
    const answers = await Promise.all([1, 2, 3].map(() => upstream.send('{}', {})))
    expect(answers.map(({ text }) => text)).toEqual([BODY, BODY, BODY])
    // The old connections were tried, and each only once.
    expect(seen.requests).toBeGreaterThan(6)
    expect(seen.requests).toBeLessThanOrEqual(9)
  })

  it.each([
    ['is not asked again if it closes a new connection', (socket: Socket) => socket.end(), 1],
    ['is asked four times at most if it resets each connection', (socket: Socket) => socket.resetAndDestroy(), 4],
  ])('%s', async (_, close, requests) => {
    const { upstream, seen } = await serve(close)
    await expect(upstream.send('{}', {})).rejects.toMatchObject({ code: 'CONNECTION' })
    expect(seen.requests).toBe(requests)
  })

  it('is not asked again after its answer has begun', async () => {
    const { upstream, seen } = await serve((socket) => {
      socket.write(ANSWER.slice(0, -5), () => setTimeout(() => socket.destroy(), 20))
    })
    await expect(upstream.send('{}', {})).rejects.toMatchObject({ code: 'CONNECTION' })
    expect(seen).toEqual({ requests: 1, connections: 1 })
  })
})
