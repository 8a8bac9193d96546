import { type CountryAccess, type Standing, standingOf } from '../../contract/access/country-access.ts'
import type { PolicyCaller } from '../../contract/access/policy-set.ts'
import { PROTECTED_ROWS_FIELD } from '../../contract/access/protected-rows.ts'
import type { LegClaims } from '../../contract/leg-token.ts'
import { PUBLIC_SIGHT, type Sight } from './read-as.ts'

/**
 * Where the caller of a leg stands before this country, by the country's own list and policies (access.md, Recognition).
 */
export interface LegStanding {
  readonly standing: Standing
  /** Which rows the leg sees. */
  readonly sight: Sight
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
export function createStandings(access: CountryAccess, now: () => number): (claims: LegClaims) => LegStanding {
  const kept = new WeakMap<LegClaims, { readonly day: number; readonly standing: LegStanding }>()
  return (claims) => {
    const day = Math.floor(now() / DAY_MS)
    const known = kept.get(claims)
    if (known?.day === day) return known.standing
    const standing = legStanding(access, claims, now)
    kept.set(claims, { day, standing })
    return standing
  }
}

function legStanding(access: CountryAccess, claims: LegClaims, now: () => number): LegStanding {
  const caller = callerOf(claims)
  const standing = limited(standingOf(access, caller, claims.grounds ?? null, now), claims)
  if (caller === null || standing.kind === 'refused') return { standing, sight: PUBLIC_SIGHT }
  const { scopes, grants } = standing.rights
  return {
    standing,
    sight: {
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
function limited(standing: Standing, { policies = '' }: LegClaims): Standing {
  if (standing.kind === 'refused') return standing
  const named = new Set(policies.split(' '))
  const { rights } = standing
  return {
    kind: 'heard',
    rights: {
      ...rights,
      grants: (policy, coordinate) => named.has(policy) && rights.grants(policy, coordinate),
    },
  }
}
