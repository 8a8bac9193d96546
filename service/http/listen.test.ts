import { createServer, request, type Server, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { formatOrigin, listen, stopServer } from './listen.ts'

const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close().closeAllConnections()
})

function createTestServer(): Server {
  const server = createServer()
  open.push(server)
  return server
}

describe('a server', () => {
  it('takes a free port, and returns it', async () => {
    expect(await listen(createTestServer(), '127.0.0.1', 0)).toMatchObject({
      address: '127.0.0.1',
      port: expect.any(Number),
    })
  })

  it('whose port is taken throws an error with address, code and remedy', async () => {
    const { port } = await listen(createTestServer(), '127.0.0.1', 0)
    await expect(listen(createTestServer(), '127.0.0.1', port)).rejects.toThrow(
      new RegExp(
        `^127.0.0.1:${port}: expected to listen here; another program.*ss -ltnp.*EADDRINUSE.*another port or host.$`,
      ),
    )
  })

  it('says of an address that is not of this machine, and of a name that nobody has, what came', async () => {
    await expect(listen(createTestServer(), '192.0.2.1', 0)).rejects.toThrow(/no such address.*EADDRNOTAVAIL/)
    await expect(listen(createTestServer(), 'nobody.invalid', 0)).rejects.toThrow(
      /there is no host of that name|cannot be looked up/,
    )
  })

  it('that stops answers what comes on an open connection, and says that it closes it', async () => {
    const server = createTestServer()
    const held: ServerResponse[] = []
    server.on('request', (_, response) => void held.push(response))
    const { port } = await listen(server, '127.0.0.1', 0)
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes.toString()
    })
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const ask = async (count: number): Promise<void> => {
      socket.write('GET / HTTP/1.1\r\nHost: node\r\n\r\n')
      await expect.poll(() => held.length).toBe(count)
    }
    await ask(1)
    const stopped = stopServer(server)
    held[0]?.end('first')
    await expect.poll(() => text).toContain('first')
    await ask(2)
    held[1]?.end('second')
    await Promise.all([stopped, closed])
    expect(text).toMatch(/keep-alive[\s\S]*first[\s\S]*Connection: close[\s\S]*second/)
  })

  it('that stops closes a request that takes longer than the given time', async () => {
    const server = createTestServer()
    const { port } = await listen(server, '127.0.0.1', 0)
    const arrived = new Promise((resolve) => server.once('request', resolve))
    const asked = request({ port, host: '127.0.0.1' }).end()
    const broken = new Promise((resolve) => asked.once('error', resolve))
    await arrived
    await stopServer(server, 10)
    expect(await broken).toMatchObject({ code: 'ECONNRESET' })
  })
})

it.each([
  ['http', '127.0.0.1', 'http://127.0.0.1:4100'],
  ['https', 'localhost', 'https://localhost:4100'],
  ['http', '::1', 'http://[::1]:4100'],
] as const)('writes the origin of %s on %s as %s', (scheme, host, origin) => {
  expect(formatOrigin(scheme, host, 4100)).toBe(origin)
})
