/** The bystander: an officer who asks one question at a fixed pace, whatever the answers take. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Pool } from 'undici'
import { BYSTANDER_HEADER, HOT, HOT_VARIABLES } from './documents.ts'

/** How often the bystander asks, in questions a second, if nothing else is said. */
const PACE = 40

/** Whom the bystander asks, and what. */
export interface Asking {
  readonly pool: Pool
  readonly token: string
  /** The body of each request. Default: {@link HOT}. */
  readonly body?: string
  readonly perSecond?: number
}

const HOT_BODY = JSON.stringify({ query: HOT, variables: HOT_VARIABLES })

/** What the bystander saw. */
export interface Seen {
  /** From the time at which a question was due to its complete answer, in milliseconds, sorted. So a question that had to wait counts fully. */
  readonly latencies: readonly number[]
  /** How late the bystander’s own event loop was, in milliseconds: what its times have too much. */
  readonly ownDelay: { readonly p99Ms: number; readonly maxMs: number }
  /** What is wrong with answers, by text: how many. Empty if each answer was the right one. */
  readonly wrong: Readonly<Record<string, number>>
}

/** Asks for so many seconds. `expected` is the text of the `data` of the right answer. */
export async function watch(asking: Asking, expected: string, seconds: number): Promise<Seen> {
  const { perSecond = PACE } = asking
  const latencies: number[] = []
  const wrong: Record<string, number> = {}
  const delay = monitorEventLoopDelay({ resolution: 2 })
  delay.enable()
  const startedAt = performance.now()
  const asked = Array.from({ length: Math.round(seconds * perSecond) }, async (_, i) => {
    const dueAt = startedAt + (i * 1_000) / perSecond
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAt - performance.now())))
    const fault = await ask(asking, expected)
    latencies.push(performance.now() - dueAt)
    if (fault !== null) wrong[fault] = (wrong[fault] ?? 0) + 1
  })
  await Promise.all(asked)
  delay.disable()
  const ownDelay = { p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6 }
  return { latencies: latencies.sort((a, b) => a - b), ownDelay, wrong }
}

/** Asks once. @returns what is wrong with the answer; null if it is right. */
async function ask(asking: Asking, expected: string): Promise<string | null> {
  try {
    const text = await askHot(asking)
    // Which country is missing says more than the rows of the others.
    return text === expected ? null : (/"outcomes":\[[^\]]*\]/.exec(text)?.[0] ?? text.slice(0, 300))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Asks the bystander’s question and returns the complete answer as text. */
export async function askHot({ pool, token, body = HOT_BODY }: Asking): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, [BYSTANDER_HEADER]: '1' }
  const answer = await pool.request({ path: '/graphql', method: 'POST', headers, body })
  return answer.body.text()
}

/** Returns the value below which this share of sorted values lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
