/** Ports for what a test starts later, or starts again in the same place. A server that can choose its port itself (port 0) needs none of these. */
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the ports that the system gives to whoever asks for any: nothing on this machine gets one of these by chance. Browsers refuse 10080. */
const PORTS = { from: 11_000, to: 32_000 } as const

/** An address of this machine at which nothing else listens: who has a port there has taken it. */
const TAKEN_AT = '127.0.0.2'

/**
 * Takes ports of 127.0.0.1 that follow one another, and returns the first. Nobody listens there, and no other test is given one of them, of this run or of
 * another one beside it, until this process ends.
 */
export async function takePorts(count: number): Promise<number> {
  for (;;) {
    const first = randomInt(PORTS.from, PORTS.to - count)
    const taken: (() => Promise<void>)[] = []
    for (let port = first; port < first + count; port += 1) {
      const release = (await isFree(port)) ? await listenAt(port, TAKEN_AT) : null
      if (release === null) break
      taken.push(release)
    }
    if (taken.length === count) return first
    await Promise.all(taken.map((release) => release()))
  }
}

/** Takes one port, as {@link takePorts} does. */
export const takePort = (): Promise<number> => takePorts(1)

async function isFree(port: number): Promise<boolean> {
  const release = await listenAt(port, '127.0.0.1')
  await release?.()
  return release !== null
}

/** Listens until the function that it returns is called. Null: somebody else does. */
async function listenAt(port: number, host: string): Promise<(() => Promise<void>) | null> {
  const server = createServer().unref().listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    // Some systems have no second address; there, a port is only looked at.
    if ((error as NodeJS.ErrnoException).code !== 'EADDRNOTAVAIL') return null
  }
  return () => new Promise((resolve) => server.close(() => resolve()))
}
