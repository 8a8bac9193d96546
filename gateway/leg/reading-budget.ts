import { getOrAdd } from '../../contract/get-or-add.ts'
import type { Leg, RequestContext, Spent } from '../types/flow.ts'
import { BadAnswer } from './leg-failures.ts'

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
    request.spent ??= new Map()
    const spent = getOrAdd(request.spent, leg.country ?? leg.domain, () => ({ bytes: 0, ms: 0 }))
    return new LegBudget(spent, leg.endpoint.maxAnswerBytes * MAX_LARGEST_ANSWERS, now)
  }
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
