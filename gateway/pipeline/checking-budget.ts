/** How long the gateway's thread may take to check one country's answers to one request, in milliseconds. */
export const MAX_CHECKING_MS = 1_000

/** Runs a check of a country's answer and takes its time from the country's budget. Returns false, without a run, if no time is left. */
export type SpendChecking = (country: string, check: () => void) => boolean

/**
 * Creates the budgets of one request. An answer within all bounds may still have as many values as an answer can have, and many legs may
 * each have such an answer.
 * @param now a clock in milliseconds that never goes back.
 */
export function createCheckingBudget(now: () => number = () => performance.now()): SpendChecking {
  const spentMs = new Map<string, number>()
  return (country, check) => {
    const before = spentMs.get(country) ?? 0
    if (before >= MAX_CHECKING_MS) return false
    const startedAt = now()
    check()
    spentMs.set(country, before + now() - startedAt)
    return true
  }
}
