/** Runs the open-loop generator in a process of its own. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { FixedTimes } from './fixed-times.ts'

const PROGRAM = join(import.meta.dirname, 'generate.ts')

/** What the generator does. */
export interface GeneratePlan extends Omit<FixedTimes, 'requests'> {
  /** The requests, as `writeRequests` writes them. */
  readonly file: string
}

/** What the generator saw. */
export interface Summary {
  readonly requests: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** How late the generator itself was: part of the latencies. */
  readonly lateP99Ms: number
  /** How many requests found no free connection when they were due, and waited for one. */
  readonly withoutConnection: number
}

/**
 * Sends requests at fixed times. Between two of them the generator looks at the clock all the time, so it may only have what nobody else wants of its cores
 * (SCHED_IDLE): otherwise the subgraphs, which share them, would wait for it some milliseconds at a time, and each answer with them.
 * @param cores on which the generator runs.
 * @throws {Error} if an answer did not come, or is not the one that came first.
 */
export async function runGenerator(cores: string, plan: GeneratePlan): Promise<Summary> {
  const args = ['--idle', '0', 'taskset', '-c', cores, process.execPath, PROGRAM, JSON.stringify(plan)]
  const { stdout } = await promisify(execFile)('chrt', args)
  return JSON.parse(stdout) as Summary
}
