/** The line above the result: which countries answered, and which did not and why. */
import { nameCountry, texts } from './texts.js'

/**
 * Words the part of an answer that says what happened at each country.
 * @param answer the GraphQL answer; `extensions.countries` has one entry for each country and domain.
 * @returns the sentences, and whether something is missing.
 */
export function wordCountries(answer) {
  const entries = answer.extensions?.countries ?? []
  const byCountry = Map.groupBy(entries, ({ country }) => country)
  const complete = []
  const others = []
  for (const [country, rows] of byCountry) {
    const flawed = rows.filter(({ reach, code }) => reach !== 'ANSWERED' || code)
    if (flawed.length === 0) complete.push(nameCountry(country))
    else others.push(...wordFlaws(country, flawed))
  }
  const errors = answer.errors?.length ?? 0
  const sentences = [
    ...others,
    ...(complete.length > 0 ? [texts.answered(complete.join(', '))] : []),
    ...(entries.length === 0 && answer.data ? [texts.nobody] : []),
    ...(errors > 0 ? [texts.errors(errors)] : []),
  ]
  return { text: sentences.join(' '), isIncomplete: others.length > 0 }
}

/** One sentence for each different flaw of a country, with the domains that have it. */
function wordFlaws(country, rows) {
  const byFlaw = Map.groupBy(rows, ({ reach, code }) => `${reach} ${code ?? ''}`)
  return [...byFlaw.values()].map((same) => {
    const [{ reach, code }] = same
    const domains = same.map(({ domain }) => domain).join(', ')
    if (reach === 'ANSWERED') return texts.partly(nameCountry(country), `${domains}: ${code}`)
    const codes = code ? `${domains}: ${reach}, ${code}` : `${domains}: ${reach}`
    return texts.missing(nameCountry(country), texts.reach[reach] ?? reach, codes)
  })
}
