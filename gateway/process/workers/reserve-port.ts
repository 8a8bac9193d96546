/** Takes the port at which the workers will listen together, before the first of them does. */
import { createServer } from 'node:net'
import { ConfigError } from '../../../service/config-error.ts'
import { listen } from '../../../service/http/listen.ts'

/**
 * Takes a port. Several processes share it only on purpose: if anybody listens there now, also another gateway of this user, it is taken.
 * @param port 0 takes a free port.
 * @throws {ConfigError} if this system cannot spread the connections of one port over several processes.
 * @throws {Error} if the address is not available, as for a gateway with one process.
 */
export async function reservePort(host: string, port: number) {
  const alone = createServer()
  const { port: found } = await listen(alone, host, port)
  await close(alone)
  // Whoever connects before the workers listen is refused as if nobody did.
  const held = createServer((socket) => socket.destroy())
  try {
    await listen(held, host, found, true)
  } catch (error) {
    throw toConfigError(error)
  }
  return { port: found, release: () => close(held) }
}

function toConfigError(error: unknown): unknown {
  const { code } = Object(error instanceof Error ? error.cause : undefined) as { readonly code?: string }
  if (code !== 'ENOTSUP' && code !== 'EINVAL' && code !== 'ENOPROTOOPT') return error
  return new ConfigError(
    `--workers (WORKERS): expected 1 on this system (${process.platform}), which does not spread the connections of one port over processes (SO_REUSEPORT, as on Linux); came more.`,
    { cause: error },
  )
}

function close(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
