import type { TakeTurn } from '../types/flow.ts'

/** From how many milliseconds on a turn is long. */
const LONG_MS = 8

/** How long a pause after a long turn is, as a multiple of the turn: so long turns take at most a third of the thread. */
const PAUSES = 2

/** How {@link createTurns} tells the time. Tests have their own. */
export interface TurnClock {
  /** Milliseconds of a clock that never goes back. */
  now(): number
  /** Resolves after so many milliseconds. */
  pause(ms: number): Promise<void>
}

const REAL_CLOCK: TurnClock = {
  now: () => performance.now(),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}

/**
 * Creates turns for work that blocks the thread for a while. Between two turns the event loop serves everybody else once, so large
 * answers that come together do not block it for the sum of their times. After a long turn, all others wait for a pause: a request that
 * needs several rounds of the event loop then meets one long turn and not one in each round. One caller with many large answers does not
 * keep the large answer of another caller waiting for all of them.
 */
export function createTurns({ now, pause }: TurnClock = REAL_CLOCK): TakeTurn {
  // The order of the map is the order in which the callers come. No list in it is empty.
  const waiting = new Map<string, (() => void)[]>()
  let isRunning = false
  const runAll = async (): Promise<void> => {
    isRunning = true
    for (let begin = takeNext(waiting); begin !== undefined; begin = takeNext(waiting)) {
      const tookMs = await runTurn(begin, now)
      if (tookMs >= LONG_MS) await pause(tookMs * PAUSES)
    }
    isRunning = false
  }
  return ({ caller }, step) =>
    new Promise((begin) => {
      const lane = caller === null ? '' : `${caller.issuer} ${caller.subject}`
      const ofLane = waiting.get(lane)
      if (ofLane === undefined) waiting.set(lane, [begin])
      else if (step === 'first') ofLane.push(begin)
      else ofLane.unshift(begin)
      if (!isRunning) void runAll()
    })
}

/** Takes the first waiter of the caller that has waited longest. The caller then comes after all others. */
function takeNext(waiting: Map<string, (() => void)[]>): (() => void) | undefined {
  const [next] = waiting
  if (next === undefined) return undefined
  const [lane, [begin, ...rest]] = next
  waiting.delete(lane)
  if (rest.length > 0) waiting.set(lane, rest)
  return begin
}

/** Runs a turn in the next round of the event loop. Returns how long it took, in milliseconds. */
function runTurn(begin: () => void, now: () => number): Promise<number> {
  return new Promise((resolve) => {
    let startedAt = 0
    // Node runs both in one round, and between them all that the waiter does at once.
    setImmediate(() => {
      startedAt = now()
      begin()
    })
    setImmediate(() => resolve(now() - startedAt))
  })
}
