import type { Grounds } from '../access-token.ts'
import { createPolicySet, type PolicyCaller, type PolicySet } from './policy-set.ts'
import { type NotCovered, recognisedScopes, type TaskForce } from './recognition.ts'
import { ANONYMOUS, bothRules, type Rights, type Rule } from './rule.ts'
import type { RuleTable } from './rule-table.ts'

/**
 * The access rules of one country: the contract's floor and the country's additions. The gateway and the national node decide with
 * the same functions, each with its own copy.
 */
export interface CountryAccess {
  readonly country: string
  readonly taskForces: readonly TaskForce[]
  readonly policies: PolicySet
}

/** Returns the access of a country without access settings. It recognises no task force, so it answers nothing that has a rule. */
export function closedAccess(country: string): CountryAccess {
  return Object.freeze({ country, taskForces: [], policies: createPolicySet(country, '') })
}

/** Whether a country recognises a caller: the caller's rights there, or the reason why not. */
export type Recognition =
  | { readonly kind: 'recognised'; readonly rights: Rights }
  | { readonly kind: 'not-recognised'; readonly code: NotCovered }

/** How long a policy's decision stays cached, in milliseconds (docs/design/access.md, The rules). */
const DECISION_CACHED_MS = 60_000

/**
 * Decides whether a country recognises a caller. A caller without a token has the rights of an anonymous caller. The returned
 * rights cache policy decisions for a minute, so the caller of this function must not keep them longer than token and grounds.
 * @param now returns milliseconds since the epoch
 */
export function recogniseCaller(
  access: CountryAccess,
  caller: PolicyCaller | null,
  grounds: Grounds | null,
  now: () => number,
): Recognition {
  if (caller === null) return { kind: 'recognised', rights: ANONYMOUS }
  const { organisation, mandate } = caller
  const recognised = recognisedScopes(access.country, access.taskForces, { organisation, mandate, grounds }, now())
  if (typeof recognised === 'string') return { kind: 'not-recognised', code: recognised }
  const allowed = new Set(recognised)
  const scopes = new Set(caller.scopes.filter((scope) => allowed.has(scope)))
  // The country does not recognise a caller without grounds, so they are not null here.
  const verified = grounds as Grounds
  const grants = createGrants(access.policies, { ...caller, scopes: [...scopes] }, verified, now)
  return { kind: 'recognised', rights: { authenticated: true, scopes, grants } }
}

function createGrants(
  policies: PolicySet,
  caller: PolicyCaller,
  grounds: Grounds,
  now: () => number,
): Rights['grants'] {
  const cache = new Map<string, { readonly isAllowed: boolean; readonly untilMs: number }>()
  return (policy, coordinate) => {
    const key = `${policy} ${coordinate}`
    const nowMs = now()
    const cached = cache.get(key)
    if (cached !== undefined && nowMs < cached.untilMs) return cached.isAllowed
    const { isAllowed } = policies.decide({ caller, grounds, policy, coordinate, nowMs })
    if (!policies.readsTime(policy)) cache.set(key, { isAllowed, untilMs: nowMs + DECISION_CACHED_MS })
    return isAllowed
  }
}

/** Combines the floor's rule for a field with the country's own rule (docs/design/access.md, The rules). */
export function countryRule(floor: RuleTable, national: RuleTable | null, typeName: string, fieldName: string): Rule {
  const base = floor.ofField(typeName, fieldName)
  return national === null ? base : bothRules(base, national.ofField(typeName, fieldName))
}
