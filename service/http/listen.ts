import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo, Server as NetServer } from 'node:net'
import { explainCode } from '../describe-connection.ts'

/**
 * Makes a server listen.
 * @param port 0 takes a free port.
 * @param isShared whether other processes listen on the same port: the kernel then spreads the connections over them.
 * @returns the address on which the server listens.
 * @throws {Error} if the address is not available. The message names the address, the system's code (such as `EADDRINUSE`) and the remedy.
 */
export async function listen(
  server: Pick<NetServer, 'once' | 'off' | 'listen' | 'address'>,
  host: string,
  port: number,
  isShared = false,
): Promise<AddressInfo> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ port, host, reusePort: isShared }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException
    const why = explainCode('listen', code) ?? `came «${message}»`
    throw new Error(`${host}:${port}: expected to listen here; ${why} (${code}). Choose another port or host.`, {
      cause,
    })
  }
  return server.address() as AddressInfo
}

/** Returns the URL of an address, without a path: `http://127.0.0.1:4100`, or `http://[::1]:4100` for IPv6. */
export function formatOrigin(scheme: 'http' | 'https', host: string, port: number): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Ends each connection of a server with its next answer (`Connection: close`), so that clients make another one, at another process if there is one. */
export function endConnections(server: Server): void {
  server.prependListener('request', (_, response: ServerResponse) => {
    response.shouldKeepAlive = false
  })
}

/**
 * Stops a server: it accepts no new connection, and lets the requests in progress end. A client that sends another one on its open connection gets an answer
 * with `Connection: close`: else it would go on, until its connection is cut in the middle of a request.
 * @param drainMs after how long it closes the remaining connections, in milliseconds. Without it, it waits for all of them.
 */
export async function stopServer(server: Server, drainMs?: number): Promise<void> {
  endConnections(server)
  const timer = drainMs === undefined ? undefined : setTimeout(() => server.closeAllConnections(), drainMs)
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
  clearTimeout(timer)
}
