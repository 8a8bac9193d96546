import type { CountryTokenClaims } from '../../../contract/trust/country-token.ts'
import { type MandateDocument, mandateTime } from '../../../contract/trust/mandate-document.ts'
import type { CallerPartner } from '../../../service/country-file-callers.ts'

/** The side of a mandate that a country looks at: its own code, and the time in milliseconds since the epoch. */
export interface MandateReader {
  readonly country: string
  readonly nowMs: number
}

/**
 * Compares a country token with the mandate that it names (docs/design/trust.md, The mandate). A node does this on each leg.
 * @returns what was expected, as the end of a sentence; null if the mandate covers the token.
 */
export function findMandateFault(
  { iss, org, mandate }: CountryTokenClaims,
  document: MandateDocument,
  partner: CallerPartner,
  { country, nowMs }: MandateReader,
): string | null {
  if (document.issuer !== iss || document.country !== partner.country)
    return 'a mandate of the authority that signed the token'
  if (partner.countersigned !== null && !partner.countersigned.has(mandate.hash)) {
    return 'a mandate that this country has countersigned (callers.countersigned)'
  }
  const time = mandateTime(document, nowMs)
  if (time === 'NOT_YET') return 'a mandate that has begun: compare the clocks of authority and node'
  if (time === 'OVER') return 'a mandate whose last day is not over'
  if (!document.countries.includes(country)) return 'a mandate that names this country'
  if (document.task_force !== mandate.task_force) return 'the task force of the mandate in the country token'
  if (document.not_after !== mandate.not_after) return 'the last day of the mandate in the country token'
  if (mandate.purposes.some((purpose) => !document.purposes.includes(purpose))) {
    return 'the purposes of the country token to be in the mandate'
  }
  return document.officers.some((officer) => mayBe(officer, org)) ? null : 'an officer whom the mandate names'
}

/** A person's hash is salted, so only the authority knows whose it is. The mandate then leaves the choice to its word. */
function mayBe(officer: MandateDocument['officers'][number], { agency, role }: CountryTokenClaims['org']): boolean {
  return 'hash' in officer || (officer.agency === agency && officer.role === role)
}
