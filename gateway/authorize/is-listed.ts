import type { Caller, Grounds } from '../../contract/access-token.ts'
import type { Participant } from '../types/participant.ts'

/**
 * Whether a country takes an authority's word that this caller asks, as far as its file says it: it names the caller's authority, and there the
 * caller's agency for this purpose, and the mandate if it countersigns mandates (docs/design/trust.md, The country's file). The country's node refuses
 * every leg that names a caller who is not listed.
 * @param callers the member `callers` of the country's file. Without it, the file says nothing, and everybody counts as listed.
 * @param grounds null if the request has none: no purpose is then looked up.
 */
export function isListed(callers: Participant['callers'], caller: Caller | null, grounds: Grounds | null): boolean {
  if (callers === undefined || caller === null) return true
  const partner = callers.find(({ authority }) => authority === caller.issuer)
  if (partner === undefined) return false
  const { hash } = (caller.mandate ?? {}) as { readonly hash?: string }
  if (partner.countersigned !== null && !(hash !== undefined && partner.countersigned.has(hash))) return false
  const agency = caller.organisation?.agency
  return partner.members.some(
    ({ agencies, purposes }) =>
      agency !== undefined && agencies.includes(agency) && (grounds === null || purposes.includes(grounds.purpose)),
  )
}
