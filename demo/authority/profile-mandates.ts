/** The mandates of the demo's task force: what each profile may ask. */
import type { MandateDocument } from '../../contract/trust/mandate-document.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { PROFILES, type Profile } from '../provider/officers.ts'
import type { AuthorityName } from './authorities.ts'

const TASK_FORCE = 'jtf-2026-03'
const LEGAL_BASIS = 'UN:XVIII-12#27'

/** How long a mandate lasts, in days: the longest that an authority takes. */
const MANDATE_DAYS = 180

/** How many days before its last one a mandate is replaced, so that no token of a running demo loses its mandate. */
const REPLACED_BEFORE_DAYS = 7

const DAY_MS = 86_400_000

/** The salted hashes of the two persons. */
export interface Signers {
  readonly drafter: string
  readonly approver: string
}

/** What a mandate of a profile has in each version of it. */
type ProfileMandate = Pick<
  MandateDocument,
  'task_force' | 'purposes' | 'countries' | 'scopes' | 'legal_basis' | 'officers' | 'issuer' | 'country'
>

/**
 * Lists what the mandates of a country say: one for each profile, so that nobody gets the scopes of another one.
 * @param countries the countries that may be asked.
 */
export function profileMandates(
  { country, issuer }: AuthorityName,
  countries: readonly string[],
): readonly ProfileMandate[] {
  return Object.values<Profile>(PROFILES).map(({ role, unit, scopes, purpose }) => ({
    issuer,
    country,
    task_force: TASK_FORCE,
    purposes: [purpose],
    countries: [...countries],
    scopes: [...scopes],
    legal_basis: [LEGAL_BASIS],
    officers: [{ agency: `${country}-MP-${unit}`, role }],
  }))
}

/** Makes the document of a mandate that begins now. */
export function makeDocument(
  mandate: ProfileMandate,
  { timeZone }: AuthorityName,
  signers: Signers,
  nowMs: number,
): MandateDocument {
  return {
    v: 1,
    id: createUuidV7(nowMs),
    ...mandate,
    issued: Math.floor(nowMs / 1000),
    not_after: dayIn(timeZone, nowMs + MANDATE_DAYS * DAY_MS - DAY_MS),
    time_zone: timeZone,
    ...signers,
  }
}

/** Whether a mandate that is in force says what a profile's mandate says today, and still lasts a while. */
export function isStillGood(document: MandateDocument, mandate: ProfileMandate, nowMs: number): boolean {
  const lastNeeded = dayIn(document.time_zone, nowMs + REPLACED_BEFORE_DAYS * DAY_MS)
  const said = Object.entries(mandate).every(([name, value]) => {
    return JSON.stringify(document[name as keyof MandateDocument]) === JSON.stringify(value)
  })
  return said && document.not_after >= lastNeeded
}

function dayIn(timeZone: string, ms: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(ms)
}
