/** How long the gateway's thread may take to check one country's answers to one request, in milliseconds. */
export const MAX_CHECKING_MS = 1_000

/** What the countries' answers to one request have cost. */
export type CheckingBudget = ReturnType<typeof createCheckingBudget>

/**
 * Creates the budgets of one request. An answer within all bounds may still have as many values as an answer can have, and many legs may
 * each have such an answer.
 * @param now a clock in milliseconds that never goes back.
 */
export function createCheckingBudget(now: () => number = () => performance.now()) {
  const msByCountry = new Map<string, number>()
  let spentMs = 0
  return {
    /** Runs a check of a country's answer and takes its time from the country's budget. Returns false, without a run, if no time is left. */
    spend(country: string, check: () => void) {
      const before = msByCountry.get(country) ?? 0
      if (before >= MAX_CHECKING_MS) return false
      const startedAt = now()
      check()
      const tookMs = now() - startedAt
      msByCountry.set(country, before + tookMs)
      spentMs += tookMs
      return true
    },
    /** Returns the time that all checks have taken so far, in milliseconds. */
    spentMs: () => spentMs,
  }
}
