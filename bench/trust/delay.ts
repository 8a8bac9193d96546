/** A proxy that delays what goes through it, as a long way would. */

import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

/** A proxy that listens. */
export interface DelayProxy {
  readonly port: number
  close(): void
}

/**
 * Starts a proxy to a port of this machine. Each piece of data waits half a round trip in each direction. Opening a connection costs nothing,
 * since the proxy accepts it itself.
 * @param roundTripMs returns the round trip for what comes now, in milliseconds.
 */
export async function startDelayProxy(port: number, roundTripMs: () => number): Promise<DelayProxy> {
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true })
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', (chunk) => after(roundTripMs() / 2, () => to.write(chunk)))
      from.on('end', () => after(roundTripMs() / 2, () => to.end()))
      from.on('error', () => to.destroy())
      from.on('close', () => sockets.delete(from))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Timers of equal length fire in the order in which they were set, so nothing overtakes. */
function after(ms: number, work: () => void): void {
  if (ms === 0) work()
  else setTimeout(work, ms)
}
