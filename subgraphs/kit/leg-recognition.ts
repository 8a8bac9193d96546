import { type CountryAccess, type Recognition, recogniseCaller } from '../../contract/access/country-access.ts'
import type { PolicyCaller } from '../../contract/access/policy-set.ts'
import { PROTECTED_ROWS_FIELD } from '../../contract/access/protected-rows.ts'
import type { LegClaims } from '../../contract/leg-token.ts'
import { PUBLIC_ROWS, type RowVisibility } from './read-as.ts'

/**
 * Where the caller of a leg stands before this country, by the country's own list and policies (docs/design/access.md, Recognition).
 */
export interface LegRecognition {
  readonly recognition: Recognition
  /** Which rows the leg sees. */
  readonly visibleRows: RowVisibility
}

/** The rule that shows victims, witnesses and minors, as the contract has it at `Case.protectedParticipants`. */
const PROTECTED = {
  scope: 'person:protected',
  policy: 'protected_release',
  coordinate: PROTECTED_ROWS_FIELD.join('.'),
}

const DAY_MS = 86_400_000

/**
 * Tells the standing of verified leg tokens. It is kept with the claims, as long as the token and no longer than the day (UTC): task
 * forces and mandates end at midnight.
 */
export function createLegRecognition(access: CountryAccess, now: () => number): (claims: LegClaims) => LegRecognition {
  const kept = new WeakMap<LegClaims, { readonly day: number; readonly recognition: LegRecognition }>()
  return (claims) => {
    const day = Math.floor(now() / DAY_MS)
    const known = kept.get(claims)
    if (known?.day === day) return known.recognition
    const recognition = recogniseLeg(access, claims, now)
    kept.set(claims, { day, recognition })
    return recognition
  }
}

function recogniseLeg(access: CountryAccess, claims: LegClaims, now: () => number): LegRecognition {
  const caller = callerOf(claims)
  const recognition = limited(recogniseCaller(access, caller, claims.grounds ?? null, now), claims)
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

/** Null for who has no token: such a leg has nobody's rights, whatever else its token says. */
function callerOf(claims: LegClaims): PolicyCaller | null {
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

/** A leg has the policies that its token names, at most: what the gateway did not find granted, the country does not grant. */
function limited(recognition: Recognition, { policies = '' }: LegClaims): Recognition {
  if (recognition.kind === 'not-recognised') return recognition
  const named = new Set(policies.split(' '))
  const { rights } = recognition
  return {
    kind: 'recognised',
    rights: {
      ...rights,
      grants: (policy, coordinate) => named.has(policy) && rights.grants(policy, coordinate),
    },
  }
}
