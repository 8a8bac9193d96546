/** Whether a gateway that shares a database with others can answer. */
import { MAX_CLOCK_DIFFERENCE_MS, measureAhead } from '../../service/clock-difference.ts'

/** Why it cannot: no proof can be noted, or its clock and the database's differ so much that it takes proofs for too old or too young. */
export type SharedUnready = 'DATABASE_UNAVAILABLE' | 'CLOCK_WRONG'

/** What was found. */
export interface SharedState {
  /** null: the gateway can answer. */
  readonly code: SharedUnready | null
  /** By how many milliseconds this machine's clock is ahead of the database's at least; negative if it is behind. */
  readonly aheadMs: number
  /** What the database rejected with. */
  readonly error?: unknown
}

/** How long an answer holds, in milliseconds: anybody may ask whether a gateway is ready, and as often as they like. */
const HELD_MS = 1_000

/** What {@link createSharedReadiness} works with. */
export interface SharedReadinessOptions {
  /** Reads the database's clock, in seconds since the epoch. Rejects if the database cannot be used. */
  readonly clock: () => Promise<number>
  /** Called when the code is another one than before. Before the first answer it is null. */
  readonly onChange: (state: SharedState) => void
  /** Returns milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number
  /** Returns milliseconds by a clock that nobody sets. */
  readonly elapsed?: () => number
}

/** Returns what says why the gateway should get no requests now; null if it can accept them. It asks the database once a second at most, and never rejects. */
export function createSharedReadiness(options: SharedReadinessOptions): () => Promise<SharedUnready | null> {
  const { clock, onChange, now = Date.now, elapsed = () => performance.now() } = options
  let last: SharedUnready | null = null
  let asked: { readonly at: number; readonly code: Promise<SharedUnready | null> } | null = null
  const ask = async (): Promise<SharedUnready | null> => {
    const state = await readState(clock, now)
    if (state.code !== last) onChange(state)
    last = state.code
    return last
  }
  return () => {
    if (asked === null || elapsed() - asked.at >= HELD_MS) asked = { at: elapsed(), code: ask() }
    return asked.code
  }
}

async function readState(clock: () => Promise<number>, now: () => number): Promise<SharedState> {
  try {
    const aheadMs = await measureAhead(clock, now)
    return { code: Math.abs(aheadMs) > MAX_CLOCK_DIFFERENCE_MS ? 'CLOCK_WRONG' : null, aheadMs }
  } catch (error) {
    return { code: 'DATABASE_UNAVAILABLE', aheadMs: 0, error }
  }
}
