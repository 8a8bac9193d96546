/** Measures the planning thread by itself: how long it takes to start, and how much memory it adds to a process. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { createPlanning } from '../../gateway/process/planning.ts'
import { aParticipant } from '../../gateway/testing.ts'

/** What a planning thread costs. */
export interface PlanningStart {
  readonly startMs: number
  /** How much the resident memory of the process grew, in bytes. */
  readonly rss: number
}

/** The limits of a gateway without settings. They do not matter here: the thread gets no document. */
const LIMITS = {
  ...{ tokens: 5_000, depth: 30, fields: 2_000, rootFields: 50, aliases: 200, directives: 200, overlaps: 10_000 },
  ...{ operations: 10, variables: 5_000, variableCharacters: 100_000, variableDepth: 12 },
}

/** Starts a planning thread for the supergraph of the repository, and stops it again. */
export async function measurePlanningStart(): Promise<PlanningStart> {
  const supergraphSdl = readFileSync(join(import.meta.dirname, '../../supergraph.graphql'), 'utf8')
  const before = process.memoryUsage().rss
  const startedAt = performance.now()
  const config = { limits: LIMITS, planningBudget: null, planningDeadlineMs: 5_000, planningMemoryMb: 384 }
  const start = createPlanning(config, pino({ level: 'silent' }))
  const participants = ['GT', 'HN', 'SV'].map((country) => aParticipant(country))
  const planning = start({ supergraphSdl, participants, hash: '', files: [] } as never)
  await planning.loaded
  const startMs = performance.now() - startedAt
  await sleep(500)
  const rss = process.memoryUsage().rss - before
  await planning.close()
  return { startMs, rss }
}
