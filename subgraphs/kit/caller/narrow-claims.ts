import type { Purpose } from '../../../contract/access-token.ts'
import type { LegClaims, VerifiedCaller } from '../../../contract/leg-token.ts'
import type { CountryTokenClaims } from '../../../contract/trust/country-token.ts'
import type { MandateDocument } from '../../../contract/trust/mandate-document.ts'
import type { CallerMember, CallerPartner } from '../../../service/country-file-callers.ts'

/** What a leg's rights come from: each of them narrows, and none adds. */
export interface RightsSources {
  /** The claims of the leg token. What it says of who asks is not read. */
  readonly leg: LegClaims
  readonly token: CountryTokenClaims
  readonly document: Pick<MandateDocument, 'purposes' | 'scopes' | 'legal_basis' | 'case' | 'time_zone'>
  readonly partner: Pick<CallerPartner, 'members'>
}

/**
 * Finds what a leg asks for beyond its country token, its mandate or this country's members.
 * @returns what was expected, as the end of a sentence; null if the leg stays within them.
 */
export function findWidening({ leg, token, document, partner }: RightsSources): string | null {
  const { purpose, case: caseId, legalBasis = [] } = leg.grounds ?? {}
  if (!partner.members.some(({ agencies }) => agencies.includes(token.org.agency))) {
    return 'an agency of the members that this country has listed (callers.members)'
  }
  if (purpose !== undefined && !(token.mandate.purposes.includes(purpose) && document.purposes.includes(purpose))) {
    return 'a purpose of the leg that the country token and the mandate name'
  }
  if (purpose !== undefined && membersFor(partner, token.org.agency, purpose).length === 0) {
    return 'a purpose that this country has listed for the agency (callers.members)'
  }
  if (caseId !== undefined && document.case === undefined) return 'no case of the leg, because the mandate has none'
  return legalBasis.every((article) => document.legal_basis.includes(article))
    ? null
    : 'a legal basis of the leg that the mandate names'
}

/**
 * Makes the claims of a leg whose caller is verified: only the country token says who asks, and the scopes are those that leg token, country
 * token, mandate and this country's members all name.
 */
export function narrowClaims(sources: RightsSources, verified: VerifiedCaller): LegClaims {
  const { leg, token } = sources
  const { iss, aud, iat, exp, jti, act, op, ct, grounds, withheld, policies } = leg
  const { task_force, not_after, purposes } = token.mandate
  const { country, agency, role } = token.org
  return Object.freeze({
    iss,
    aud,
    iat,
    exp,
    jti,
    act,
    op,
    sub: token.sub,
    scope: commonScopes(sources).join(' '),
    caller_iss: token.caller_iss,
    caller_jti: token.caller_jti,
    client_id: token.client_id,
    ...(token.acr !== undefined && { acr: token.acr }),
    org: { country, agency, ...(role !== undefined && { role }) },
    mandate: {
      type: 'istmo_mandate' as const,
      task_force,
      purposes: purposes.filter((purpose) => sources.document.purposes.includes(purpose)),
      countries: [token.aud],
      not_after,
      time_zone: sources.document.time_zone,
    },
    ...(grounds !== undefined && { grounds }),
    ...(withheld !== undefined && { withheld }),
    ...(policies !== undefined && { policies }),
    ...(ct !== undefined && { ct }),
    verified,
  })
}

/** A leg without grounds says for what purpose it asks of nothing, so it has no scopes. */
function commonScopes({ leg, token, document, partner }: RightsSources): readonly string[] {
  const purpose = leg.grounds?.purpose
  if (purpose === undefined) return []
  const listed = membersFor(partner, token.org.agency, purpose).flatMap(({ scopes }) => scopes)
  const [ofToken, ofMandate, ofMembers] = [new Set(token.scope.split(' ')), new Set(document.scopes), new Set(listed)]
  return leg.scope
    .split(' ')
    .filter((scope) => scope !== '' && ofToken.has(scope) && ofMandate.has(scope) && ofMembers.has(scope))
}

function membersFor(
  { members }: Pick<CallerPartner, 'members'>,
  agency: string,
  purpose: Purpose,
): readonly CallerMember[] {
  return members.filter(({ agencies, purposes }) => agencies.includes(agency) && purposes.includes(purpose))
}
