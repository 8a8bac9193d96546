import { createServer } from 'node:net'
import { UsageError } from '../../service/usage-error.ts'

/**
 * Checks that the demo's ports are free on 127.0.0.1.
 * @param ports the use of each port, by port.
 * @throws {UsageError} with the ports that are taken, and the remedy.
 */
export async function checkPortsFree(ports: ReadonlyMap<number, string>): Promise<void> {
  const taken = (await Promise.all([...ports.keys()].map(async (port) => ({ port, free: await isFree(port) }))))
    .filter(({ free }) => !free)
    .map(({ port }) => `${port} (${ports.get(port)})`)
  if (taken.length > 0) {
    throw new UsageError(
      `in use on 127.0.0.1: port ${taken.join(', ')}. End what listens there, or choose another range: PORT=<number> npm start`,
    )
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false)
      else reject(error)
    })
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
