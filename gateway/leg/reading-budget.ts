import type { Leg, RequestContext } from '../types/flow.ts'
import { BadAnswer } from './bad-answer.ts'

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

interface Spent {
  bytes: number
  ms: number
}

/**
 * Creates the budgets of all requests. A country that spends its own budget takes nothing from another country or another request.
 * @param now a clock in milliseconds that never goes back.
 */
export function createReadingBudgets(now: () => number = () => performance.now()): BudgetOf {
  const byRequest = new WeakMap<RequestContext, Map<string, Spent>>()
  return ({ country, domain, endpoint }, request) => {
    const byAnswerer = byRequest.get(request) ?? new Map<string, Spent>()
    byRequest.set(request, byAnswerer)
    const answerer = country ?? `subgraph ${domain}`
    const spent = byAnswerer.get(answerer) ?? { bytes: 0, ms: 0 }
    byAnswerer.set(answerer, spent)
    const maxBytes = endpoint.maxAnswerBytes * MAX_LARGEST_ANSWERS
    return {
      takeBytes(count) {
        spent.bytes += count
        if (spent.bytes > maxBytes) throw new BadAnswer(`expected at most ${maxBytes} bytes for one request; came more`)
      },
      spend(work) {
        if (spent.ms >= MAX_READING_MS)
          throw new BadAnswer(`expected answers to one request that can be read in ${MAX_READING_MS} ms; came others`)
        const startedAt = now()
        try {
          return work()
        } finally {
          spent.ms += now() - startedAt
        }
      },
    }
  }
}
