/** Keeps one worker running: starts it, and starts it again whenever it ends. */
import type { Logger } from 'pino'
import { ConfigError } from '../../../service/config-error.ts'
import type { GatewayConfig } from '../config.ts'
import type { FromWorker } from './messages.ts'
import { createRestarts } from './restarts.ts'
import type { StartWorker, WorkerProcess } from './worker-process.ts'

/** What {@link keepWorker} works with. */
export interface KeepOptions {
  readonly number: number
  /** Returns the settings of the worker, each time before it starts. It may prepare folders. */
  readonly prepare: (number: number) => Promise<GatewayConfig>
  readonly start: StartWorker
  /** Called each time when it listens. */
  readonly onListening: (number: number) => void
  /** Returns why another worker should get no requests now, or null. */
  readonly othersUnready: (number: number) => Promise<string | null>
  /** Called if it cannot be started any more. */
  readonly onGivenUp: (number: number) => void
  readonly log: Pick<Logger, 'info' | 'error'>
  /** Resolves after so many milliseconds. */
  readonly pause: (ms: number) => Promise<void>
}

/** One worker that is kept running. */
export interface KeptWorker {
  readonly number: number
  /** Starts it for the first time. Resolves to its address. Rejects with its own error if it cannot start; then it is not started again. */
  readonly begin: () => Promise<string>
  /** From now on, it is started again whenever it ends. */
  readonly keep: () => void
  /** Its process; null while it has none. */
  readonly process: () => WorkerProcess | null
  readonly isListening: () => boolean
  /** How often it was started again. */
  readonly restarts: () => number
  /** Ends it in order, and does not start it again. Resolves when its process has ended. */
  readonly close: () => Promise<void>
}

/** Creates the keeper of one worker, which has no process yet. */
export function keepWorker(options: KeepOptions): KeptWorker {
  const { number, log } = options
  const restarts = createRestarts()
  let process: WorkerProcess | null = null
  let listeningSince: number | null = null
  let [isKept, isClosing] = [false, false]
  let ended: Promise<void> = Promise.resolve()

  const again = async (listenedMs: number | null, how: string): Promise<void> => {
    const waitMs = restarts.noteEnd(listenedMs)
    log.error({ worker: number, how, waitMs }, 'a worker ended')
    if (waitMs === null) return options.onGivenUp(number)
    await options.pause(waitMs)
    // Whoever waits for its start is told why it failed; its end starts it again.
    if (!isClosing) await begin().catch((err: unknown) => log.error({ worker: number, err }, 'a worker did not start'))
  }

  const begin = async (): Promise<string> => {
    const config = await options.prepare(number).catch((error: unknown): never => {
      if (isKept) void again(null, 'its folders could not be prepared')
      throw error
    })
    const listening = Promise.withResolvers<string>()
    const end = Promise.withResolvers<void>()
    ended = end.promise
    const take = (message: FromWorker): void => {
      if (message.kind === 'listening') {
        listeningSince = performance.now()
        options.onListening(number)
        listening.resolve(message.url)
      }
      if (message.kind === 'failed') {
        listening.reject(message.isConfig ? new ConfigError(message.message) : new Error(message.message))
      }
      if (message.kind === 'others') {
        void options.othersUnready(number).then((unready) => child.send({ kind: 'others', id: message.id, unready }))
      }
    }
    const onEnd = (how: string): void => {
      const listenedMs = listeningSince === null ? null : performance.now() - listeningSince
      process = null
      listeningSince = null
      listening.reject(new Error(`worker ${number} ended before it listened (${how}).`))
      end.resolve()
      if (isKept && !isClosing) void again(listenedMs, how)
    }
    const child = options.start({ onMessage: take, onEnd })
    process = child
    child.send(isClosing ? { kind: 'close' } : { kind: 'start', config })
    return listening.promise
  }

  return {
    number,
    begin,
    keep() {
      isKept = true
      // It may have ended while the others started for the first time.
      if (process === null) void again(0, 'during the first start')
    },
    process: () => process,
    isListening: () => listeningSince !== null,
    restarts: restarts.count,
    async close() {
      isClosing = true
      process?.send({ kind: 'close' })
      await ended
    },
  }
}
