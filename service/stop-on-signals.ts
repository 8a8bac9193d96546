/** How a server process stops: first it says that it does, and then it takes no more requests. */
import { setting } from './setting.ts'
import { wholeNumber } from './setting-forms.ts'

/** The longest time of {@link DRAIN_SETTING}, in milliseconds. */
export const MAX_DRAIN_MS = 600_000

/** The setting of how long it says so, for gateway and node. An authority has it in its file, as `drainMs`. */
export const DRAIN_SETTING = setting(wholeNumber('ms', 0, MAX_DRAIN_MS, 'a whole number of milliseconds'), {
  flag: 'drain',
  variable: 'DRAIN_MS',
  default: '0',
  meaning:
    'how long the process answers on after SIGTERM while /health/ready is 503 already, in milliseconds; give it more than a balancer needs to notice',
})

/** A server that runs. */
interface Stoppable {
  /** From now on, `/health/ready` answers 503, and each answer ends its connection. Everything is still answered. */
  readonly drain?: () => void
  /** Finishes the requests in progress and releases everything. */
  readonly close: () => Promise<void>
}

/**
 * Stops a server at the first SIGINT or SIGTERM, and then ends the process. A signal may come twice, from the terminal and from a launcher: the second one
 * changes nothing.
 * @param drainMs how long it drains before it closes, in milliseconds.
 * @param end ends the process.
 */
export function stopOnSignals(server: Stoppable, drainMs: number, end: () => void = () => process.exit(0)): void {
  let isStopping = false
  const close = (): void => {
    void server.close().finally(end)
  }
  const stop = (): void => {
    if (isStopping) return
    isStopping = true
    if (drainMs > 0 && server.drain !== undefined) {
      server.drain()
      setTimeout(close, drainMs)
    } else close()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}
