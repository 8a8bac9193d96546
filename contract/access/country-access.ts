import type { Grounds } from '../access-token.ts'
import { createPolicySet, type PolicyCaller, type PolicySet } from './policy-set.ts'
import { type NotCovered, recognisedScopes, type TaskForce } from './recognition.ts'
import { ANONYMOUS, bothRules, type Rights, type Rule } from './rule.ts'
import type { RuleTable } from './rule-table.ts'

/**
 * Who may read what in one country: the contract's floor and what the country adds. Gateway and national node decide by the same
 * functions, each on its own copy.
 */
export interface CountryAccess {
  readonly country: string
  readonly taskForces: readonly TaskForce[]
  readonly policies: PolicySet
}

/** A country that says nothing of access: it recognises no task force, and so hears nobody on anything that has a rule. */
export function closedAccess(country: string): CountryAccess {
  return Object.freeze({ country, taskForces: [], policies: createPolicySet(country, '') })
}

/** A caller before a country: the rights that it has there, or why it is not heard on anything that has a rule. */
export type Recognition =
  | { readonly kind: 'recognised'; readonly rights: Rights }
  | { readonly kind: 'not-recognised'; readonly code: NotCovered }

/** How long a policy's decision is kept, in milliseconds (docs/design/access.md, The rules). */
const DECISION_KEPT_MS = 60_000

/**
 * Where a caller stands before a country. Who shows no token has the rights of nobody; decisions of policies are kept for a minute in
 * the rights that are given back, so keep those no longer than the caller's token and grounds.
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
  // Recognition fails without grounds, so there are some here.
  const known = grounds as Grounds
  const grants = createGrants(access.policies, { ...caller, scopes: [...scopes] }, known, now)
  return { kind: 'recognised', rights: { authenticated: true, scopes, grants } }
}

function createGrants(
  policies: PolicySet,
  caller: PolicyCaller,
  grounds: Grounds,
  now: () => number,
): Rights['grants'] {
  const kept = new Map<string, { readonly isAllowed: boolean; readonly untilMs: number }>()
  return (policy, coordinate) => {
    const key = `${policy} ${coordinate}`
    const nowMs = now()
    const known = kept.get(key)
    if (known !== undefined && nowMs < known.untilMs) return known.isAllowed
    const { isAllowed } = policies.decide({ caller, grounds, policy, coordinate, nowMs })
    if (!policies.readsTime(policy)) kept.set(key, { isAllowed, untilMs: nowMs + DECISION_KEPT_MS })
    return isAllowed
  }
}

/** What a country asks for a field: the floor and the country's own rule (docs/design/access.md, The rules). */
export function countryRule(floor: RuleTable, own: RuleTable | null, typeName: string, fieldName: string): Rule {
  const base = floor.ofField(typeName, fieldName)
  return own === null ? base : bothRules(base, own.ofField(typeName, fieldName))
}
