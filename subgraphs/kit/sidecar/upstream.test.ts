import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createUpstream, type UpstreamLimits } from './upstream.ts'

const BODY = '{"data":{"case":null}}'
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`

const opened: (() => unknown)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** A service on plain sockets, which says what it does with each request of a connection, and how often. */
async function serve(onRequest: (socket: Socket, ofConnection: number) => void, limits?: UpstreamLimits) {
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
  const upstream = createUpstream(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, limits)
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
    const answers = await Promise.all([1, 2, 3].map(() => upstream.send('{}', {})))
    expect(answers.map(({ text }) => text)).toEqual([BODY, BODY, BODY])
    // The old connections were tried, and each only once.
    expect(seen).toEqual({ requests: 9, connections: 6 })
  })

  it.each([
    ['closes', (socket: Socket) => socket.end()],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
  ])('is not asked again if it %s a new connection', async (_, close) => {
    const { upstream, seen } = await serve(close)
    await expect(upstream.send('{}', {})).rejects.toMatchObject({ code: 'CONNECTION' })
    expect(seen).toEqual({ requests: 1, connections: 1 })
  })

  it('is asked once more, and not twice, if it closes the next connection too', async () => {
    const { upstream, seen } = await serve((socket) => {
      if (seen.requests === 1) socket.write(ANSWER)
      else socket.resetAndDestroy()
    })
    await upstream.send('{}', {})
    await expect(upstream.send('{}', {})).rejects.toMatchObject({ code: 'CONNECTION' })
    expect(seen).toEqual({ requests: 3, connections: 2 })
  })

  it('is not asked again after its answer has begun', async () => {
    const { upstream, seen } = await serve((socket) => {
      socket.write(ANSWER.slice(0, -5), () => setTimeout(() => socket.destroy(), 20))
    })
    await expect(upstream.send('{}', {})).rejects.toMatchObject({ code: 'CONNECTION' })
    expect(seen).toEqual({ requests: 1, connections: 1 })
  })
})

it('an answer that sends the salt of another request back is a bad one, and its connection is closed', async () => {
  const other = `Istmo-Request-Salt: :${Buffer.alloc(16).toString('base64')}:`
  const closed = Promise.withResolvers<void>()
  const { upstream } = await serve((socket) => {
    socket.on('close', () => closed.resolve())
    socket.write(ANSWER.replace('Content-Type', `${other}\r\nContent-Type`))
  })
  await expect(upstream.send('{}', {})).rejects.toMatchObject({ code: 'BAD_ANSWER' })
  await closed.promise
})

it('a service that does not speak HTTP/1.1 gives a bad answer', async () => {
  const { upstream } = await serve((socket) => socket.write('SSH-2.0-OpenSSH\r\n'))
  await expect(upstream.send('{}', {})).rejects.toMatchObject({ code: 'BAD_ANSWER' })
})

it('a service that does not answer in time is given up, and its connection is closed', async () => {
  const closed = Promise.withResolvers<void>()
  const { upstream } = await serve((socket) => void socket.on('close', () => closed.resolve()), { deadlineMs: 100 })
  await expect(upstream.send('{}', {})).rejects.toMatchObject({ code: 'LEG_DEADLINE' })
  await closed.promise
})

it('an answer may have as many bytes as the node accepts, and not one more', async () => {
  const answer = (socket: Socket): void => void socket.write(ANSWER)
  const [enough, less] = [await serve(answer, { maxAnswerBytes: 22 }), await serve(answer, { maxAnswerBytes: 21 })]
  expect(await enough.upstream.send('{}', {})).toMatchObject({ text: BODY })
  await expect(less.upstream.send('{}', {})).rejects.toMatchObject({ code: 'BAD_ANSWER' })
})
