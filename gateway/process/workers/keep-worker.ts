/** Keeps one worker running: starts it, and starts it again whenever it ends. */
import type { Logger } from 'pino'
import { ConfigError } from '../../../service/config-error.ts'
import type { GatewayConfig } from '../config.ts'
import type { FromWorker } from './messages.ts'
import { createRestarts } from './restarts.ts'
import type { StartWorker } from './worker-process.ts'

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
export type KeptWorker = ReturnType<typeof keepWorker>

/** One run of a worker's process. */
type Run = ReturnType<typeof startOnce>

/** Starts the process once. */
function startOnce({ number, start, onListening, othersUnready }: KeepOptions) {
  const listening = Promise.withResolvers<string>()
  const ended = Promise.withResolvers<{ readonly how: string; readonly listenedMs: number | null }>()
  let since: number | null = null
  const onMessage = (message: FromWorker): void => {
    if (message.kind === 'listening') {
      since = performance.now()
      onListening(number)
      listening.resolve(message.url)
    }
    if (message.kind === 'failed') {
      listening.reject(message.isConfig ? new ConfigError(message.message) : new Error(message.message))
    }
    if (message.kind === 'others') {
      void othersUnready(number).then((unready) => process.send({ kind: 'others', id: message.id, unready }))
    }
  }
  const onEnd = (how: string): void => {
    const listenedMs = since === null ? null : performance.now() - since
    since = null
    listening.reject(new Error(`worker ${number} ended before it listened (${how}).`))
    ended.resolve({ how, listenedMs })
  }
  const process = start({ onMessage, onEnd })
  return {
    process,
    /** Resolves to its address when it listens. Rejects with its own error if it ends before. */
    listening: listening.promise,
    isListening: () => since !== null,
    /** Resolves when it has ended: how, and for how long it had listened, in milliseconds; null if it never did. */
    ended: ended.promise,
  }
}

/** Creates the keeper of one worker, which has no process yet. */
export function keepWorker(options: KeepOptions) {
  const { number, log } = options
  const restarts = createRestarts()
  let run: Run | null = null
  let [isKept, isClosing] = [false, false]

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
    const started = startOnce(options)
    run = started
    void started.ended.then(({ how, listenedMs }) => {
      run = null
      if (isKept && !isClosing) void again(listenedMs, how)
    })
    started.process.send(isClosing ? { kind: 'close' } : { kind: 'start', config })
    return started.listening
  }

  return {
    number,
    /** Starts it for the first time. Resolves to its address. Rejects with its own error if it cannot start; then it is not started again. */
    begin,
    /** From now on, it is started again whenever it ends. */
    keep() {
      isKept = true
      // It may have ended while the others started for the first time.
      if (run === null) void again(0, 'during the first start')
    },
    /** Its process; null while it has none. */
    process: () => run?.process ?? null,
    isListening: () => run?.isListening() ?? false,
    /** How often it was started again. */
    restarts: restarts.count,
    /** Ends it in order, and does not start it again. Resolves when its process has ended. */
    async close() {
      isClosing = true
      run?.process.send({ kind: 'close' })
      await run?.ended
    },
  }
}
