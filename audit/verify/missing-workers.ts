import type { Finding } from '../finding.ts'
import { workerLogName, workerOf } from '../note/shard-name.ts'

/** What the entries of one log say about the workers of its gateway. */
export interface WorkersOfLog {
  /** The name of the log, without a period. */
  readonly log: string
  /** How many workers the gateway had at most, by the log's `start` entries; 0 if they name none. */
  readonly workers: number
}

/**
 * Reports the logs of workers that are missing. Each `start` entry of a worker says how many workers there are, and each of them has a log of its own: so
 * whoever withholds the log of one worker would have to withhold those of all.
 */
export function findMissingWorkers(logs: readonly WorkersOfLog[]): readonly Finding[] {
  const most = new Map<string, number>()
  for (const { log, workers } of logs) {
    const gateway = workerOf(log)?.gateway ?? log
    if (workers > 0) most.set(gateway, Math.max(workers, most.get(gateway) ?? 0))
  }
  const given = new Set(logs.map(({ log }) => log))
  return [...most].flatMap(([gateway, workers]) =>
    Array.from({ length: workers }, (_, at) => workerLogName(gateway, at + 1))
      .filter((name) => !given.has(name))
      .map((name): Finding => {
        const expected = `the log of each of the ${workers} workers that a start names`
        return { kind: 'ORIGIN', where: name, expected, came: 'none of that origin' }
      }),
  )
}
