import { type CountryAccess, type Recognition, recogniseCaller } from '../../contract/access/country-access.ts'
import type { PolicyCaller } from '../../contract/access/policy-set.ts'
import { PROTECTED_ROWS_FIELD } from '../../contract/access/protected-rows.ts'
import { type LegClaims, readPolicies } from '../../contract/leg-token.ts'
import { PUBLIC_ROWS, type RowVisibility } from './read-as.ts'

/**
 * Whether this country recognises the caller of a leg, by the country's own list and policies (docs/design/access.md, Recognition).
 */
export interface LegRecognition {
  readonly recognition: Recognition
  /** Which rows the leg sees. */
  readonly visibleRows: RowVisibility
}

/** The rule that shows victims, witnesses and minors. The contract has the same rule at `Case.protectedParticipants`. */
const PROTECTED = {
  scope: 'person:protected',
  policy: 'protected_release',
  coordinate: PROTECTED_ROWS_FIELD.join('.'),
}

const DAY_MS = 86_400_000

/**
 * Makes the function that finds the recognition of verified leg tokens. It caches the recognition with the claims, as long as the
 * token is cached and no longer than the day (UTC), because task forces and mandates end at midnight.
 */
export function createLegRecognition(access: CountryAccess, now: () => number): (claims: LegClaims) => LegRecognition {
  const cache = new WeakMap<LegClaims, { readonly day: number; readonly recognition: LegRecognition }>()
  return (claims) => {
    const day = Math.floor(now() / DAY_MS)
    const cached = cache.get(claims)
    if (cached?.day === day) return cached.recognition
    const recognition = recogniseLeg(access, claims, now)
    cache.set(claims, { day, recognition })
    return recognition
  }
}

function recogniseLeg(access: CountryAccess, claims: LegClaims, now: () => number): LegRecognition {
  const caller = readCaller(claims)
  const recognition = limitPolicies(recogniseCaller(access, caller, claims.grounds ?? null, now), access, claims)
  if (caller === null || recognition.kind === 'not-recognised') return { recognition, visibleRows: PUBLIC_ROWS }
  const { scopes, grants } = recognition.rights
  return {
    recognition,
    visibleRows: {
      taskForce: caller.mandate?.task_force ?? null,
      showsProtected: scopes.has(PROTECTED.scope) && grants(PROTECTED.policy, PROTECTED.coordinate),
    },
  }
}

/** Returns null for a caller without a token: such a leg has no rights, whatever else its leg token says. */
function readCaller(claims: LegClaims): PolicyCaller | null {
  if (claims.sub === 'anonymous' || claims.caller_iss === undefined) return null
  return {
    issuer: claims.caller_iss,
    subject: claims.sub,
    client: claims.client_id,
    assurance: claims.acr,
    scopes: claims.scope.split(' ').filter((scope) => scope !== ''),
    organisation: claims.org,
    mandate: claims.mandate,
  }
}

/**
 * Limits the rights to the policies that the leg token names: the country does not grant a policy that the gateway did not grant. A policy that
 * reads what the leg does not carry grants nothing, because it would decide on less than the caller stated: the gateway's copy of the
 * country's policies is then older than this one.
 */
function limitPolicies(
  recognition: Recognition,
  { policies: set }: CountryAccess,
  { policies, withheld = [] }: LegClaims,
): Recognition {
  if (recognition.kind === 'not-recognised') return recognition
  const named = readPolicies(policies)
  const { rights } = recognition
  return {
    kind: 'recognised',
    rights: {
      ...rights,
      grants: (policy, coordinate) =>
        named.has(policy) &&
        !set.reads(policy).some((part) => withheld.includes(part)) &&
        rights.grants(policy, coordinate),
    },
  }
}
