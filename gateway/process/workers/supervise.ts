/** Runs the workers of a gateway: starts them, starts again those that end, asks them, and ends them. It answers no request itself. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type KeepOptions, type KeptWorker, keepWorker } from './keep-worker.ts'
import type { ProbeAnswer, ToWorker, WorkerQuestion } from './messages.ts'
import { MOST_FAILED_STARTS } from './restarts.ts'

/** What is known of one worker. */
export type WorkerState = ReturnType<typeof stateOf>

/** The workers of a gateway. */
export type Workers = Awaited<ReturnType<typeof superviseWorkers>>

/** What {@link superviseWorkers} works with. */
export interface SuperviseOptions extends Pick<KeepOptions, 'prepare' | 'start' | 'onListening' | 'log'> {
  readonly workers: number
  /** How long a worker may take to end in order, in milliseconds. */
  readonly endWithinMs: number
  readonly pause?: KeepOptions['pause']
}

/** What `/health/ready` says while a worker does not answer. */
const WORKER_UNAVAILABLE = 'WORKER_UNAVAILABLE'

/**
 * Starts the workers, and resolves when all of them listen.
 * @throws {ConfigError} or {Error}, with the message of a worker that could not start. Then no process is left.
 */
export async function superviseWorkers(options: SuperviseOptions) {
  const givenUp = Promise.withResolvers<Error>()
  const { pause = (ms) => sleep(ms) } = options
  const kept: readonly KeptWorker[] = Array.from({ length: options.workers }, (_, at) =>
    keepWorker({
      ...options,
      number: at + 1,
      pause,
      othersUnready: (number) => findUnready(kept.filter((each) => each.number !== number)),
      onGivenUp: (number) => givenUp.resolve(cannotStart(number)),
    }),
  )
  const close = async (): Promise<void> => {
    const timer = setTimeout(() => kept.forEach((each) => void each.process()?.kill()), options.endWithinMs)
    await Promise.all(kept.map((each) => each.close()))
    clearTimeout(timer)
  }
  try {
    const [url = ''] = await Promise.all(kept.map((each) => each.begin()))
    for (const each of kept) each.keep()
    return {
      /** The address at which they listen, without a path. */
      url,
      states: () => kept.map(stateOf),
      /** Sends a message to each worker that has a process, or to the worker of a number. */
      send: (message: ToWorker, number?: number) => {
        for (const each of kept) if (number === undefined || each.number === number) each.process()?.send(message)
      },
      /** Asks each worker that listens. One that does not answer in time has no answer. */
      ask: (what: WorkerQuestion) => askAll(kept, what),
      /** Has the first worker that listens carry out a probe; undefined if none answers. */
      probe: async (body: unknown) => {
        const listening = kept.find((each) => each.isListening())
        return (await listening?.process()?.ask('probe', body)) as ProbeAnswer | undefined
      },
      /** Resolves, with the reason, if a worker cannot be started any more. Then the gateway must end. */
      givenUp: givenUp.promise,
      /** Ends all of them in order, and kills those that take too long. */
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function stateOf({ number, process, isListening, restarts }: KeptWorker) {
  return {
    worker: number,
    /** The id of its process; null while it has none. */
    pid: process()?.pid ?? null,
    isListening: isListening(),
    /** How often it was started again. */
    restarts: restarts(),
  }
}

async function askAll(workers: readonly KeptWorker[], what: WorkerQuestion): Promise<ReadonlyMap<number, unknown>> {
  const answers = await Promise.all(
    workers.map(
      async (each) => [each.number, each.isListening() ? await each.process()?.ask(what) : undefined] as const,
    ),
  )
  return new Map(answers.filter(([, answer]) => answer !== undefined))
}

/** Returns why one of these workers should get no requests now, or null. */
async function findUnready(workers: readonly KeptWorker[]): Promise<string | null> {
  const answers = await askAll(workers, 'unready')
  if (answers.size < workers.length) return WORKER_UNAVAILABLE
  return ([...answers.values()].find((answer) => answer !== null) as string | undefined) ?? null
}

function cannotStart(number: number): Error {
  return new Error(
    `worker ${number} did not start ${MOST_FAILED_STARTS} times in a row, so the gateway ends. The lines «a worker did not start» say why.`,
  )
}
