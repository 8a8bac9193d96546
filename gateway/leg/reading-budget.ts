import type { Leg, RequestContext, Spent, SpentReading, TakeTurn } from '../types/flow.ts'
import { BadAnswer } from './leg-outcome.ts'

/** How many of the largest answers one country may send for one request, all its legs together. */
const MAX_LARGEST_ANSWERS = 4

/** How long the gateway's thread may take to read one country's answers to one request, in milliseconds. */
export const MAX_READING_MS = 500

/** What one country may still make the gateway read for one request. */
export interface ReadingBudget {
  /** @throws {BadAnswer} if the country has sent more bytes than its legs may have in all. */
  takeBytes(count: number): void
  /**
   * Does a part of the reading and takes its time from the budget.
   * @throws {BadAnswer} if no time is left before the work begins; whatever `work` throws.
   */
  spend<Result>(work: () => Result): Result
}

/** Returns the budget of a leg: the legs of one request to one country share it. */
export type BudgetOf = (leg: Leg, request: RequestContext) => ReadingBudget

/**
 * Creates the budgets of all requests. A country that spends its own budget takes nothing from another country or another request.
 * @param now a clock in milliseconds that never goes back.
 */
export function createReadingBudgets(now: () => number = () => performance.now()): BudgetOf {
  return (leg, request) => {
    request.spent ??= new SpentByAnswerers()
    return new LegBudget(request.spent.by(leg), leg.endpoint.maxAnswerBytes * MAX_LARGEST_ANSWERS, now)
  }
}

/** What was spent on the answers to one request, by country and by subgraph. */
class SpentByAnswerers implements SpentReading {
  #countries: Map<string, Spent> | null = null
  #subgraphs: Map<string, Spent> | null = null

  by({ country, domain }: Leg): Spent {
    if (country === null) {
      this.#subgraphs ??= new Map()
      return spentIn(this.#subgraphs, domain)
    }
    this.#countries ??= new Map()
    return spentIn(this.#countries, country)
  }
}

function spentIn(spent: Map<string, Spent>, answerer: string): Spent {
  const known = spent.get(answerer)
  if (known !== undefined) return known
  const nothing = { bytes: 0, ms: 0 }
  spent.set(answerer, nothing)
  return nothing
}

class LegBudget implements ReadingBudget {
  readonly #spent: Spent
  readonly #maxBytes: number
  readonly #now: () => number

  constructor(spent: Spent, maxBytes: number, now: () => number) {
    this.#spent = spent
    this.#maxBytes = maxBytes
    this.#now = now
  }

  takeBytes(count: number): void {
    this.#spent.bytes += count
    if (this.#spent.bytes > this.#maxBytes) {
      throw new BadAnswer(`expected at most ${this.#maxBytes} bytes for one request; came more`)
    }
  }

  spend<Result>(work: () => Result): Result {
    const spent = this.#spent
    if (spent.ms >= MAX_READING_MS) {
      throw new BadAnswer(`expected answers to one request that can be read in ${MAX_READING_MS} ms; came others`)
    }
    const startedAt = this.#now()
    try {
      return work()
    } finally {
      spent.ms += this.#now() - startedAt
    }
  }
}

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
