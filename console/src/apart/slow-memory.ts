import type { SessionAnswer } from '../session/session.ts'
import { learnSlow, type SlowCountries } from './group-countries.ts'

/** Which countries were slow in this window. It is in memory only, and says nothing of what was asked. */
let slow: SlowCountries = new Set()

/** Returns the countries that were slow when they were last asked. */
export function slowCountries(): SlowCountries {
  return slow
}

/** Asks, and learns from how long it took who is slow. */
export async function noteQuestion<Data>(
  countries: readonly string[],
  ask: () => Promise<SessionAnswer<Data>>,
): Promise<SessionAnswer<Data>> {
  const begunAt = performance.now()
  const answer = await ask()
  slow = learnSlow(slow, { countries, tookMs: performance.now() - begunAt, reports: answer.countries })
  return answer
}

/** Forgets who was slow. */
export function forgetSlowCountries(): void {
  slow = new Set()
}
