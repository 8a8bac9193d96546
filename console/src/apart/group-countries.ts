import type { CountryReport } from '../session/session.ts'

/** From when on a country is slow, in milliseconds: an officer would begin to wait for it. */
export const SLOW_MS = 1_500

/** The countries that are known to be slow. */
export type SlowCountries = ReadonlySet<string>

/** How one question went. */
export interface AskedOnce {
  /** Who was asked together. */
  readonly countries: readonly string[]
  readonly tookMs: number
  readonly reports: readonly Pick<CountryReport, 'country' | 'reach'>[]
}

/**
 * Groups countries into questions. Those that are quick are one question; each slow one is a question of its own, so that nobody waits for it. Each question
 * is an entry in the audit logs, so there are no more than that helps.
 */
export function groupCountries(countries: readonly string[], slow: SlowCountries): readonly (readonly string[])[] {
  const all = [...new Set(countries)].sort()
  const quick = all.filter((country) => !slow.has(country))
  const alone = all.filter((country) => slow.has(country)).map((country) => [country])
  return quick.length === 0 ? alone : [quick, ...alone]
}

/**
 * Learns who is slow from how a question went. If several were asked together and it took long, those that did not answer in time are the slow ones; if
 * all answered, nobody knows who it was, and each counts as slow until it is quick by itself.
 */
export function learnSlow(slow: SlowCountries, { countries, tookMs, reports }: AskedOnce): SlowCountries {
  const late = reports.filter(({ reach }) => reach === 'TIMED_OUT').map(({ country }) => country)
  const next = new Set(slow)
  if (tookMs <= SLOW_MS) for (const country of countries) next.delete(country)
  else if (late.length === 0) for (const country of countries) next.add(country)
  for (const country of late) if (countries.includes(country)) next.add(country)
  return next
}
