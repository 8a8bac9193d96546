/**
 * What a field requires of a caller: `@authenticated`, `@requiresScopes` and `@policy`, with the meaning in the documentation of the
 * Federation directives.
 */

/** Alternatives, each a list of names that the caller must all have: an OR of ANDs. An empty list of alternatives is never met. */
export type Requirement = readonly (readonly string[])[]

/** All requirements for one field or type. The caller must meet each part: directives of several subgraphs and types add up. */
export interface Rule {
  readonly authenticated: boolean
  readonly scopes: readonly Requirement[]
  readonly policies: readonly Requirement[]
}

/** What one caller may do in one country. */
export interface Rights {
  readonly authenticated: boolean
  readonly scopes: ReadonlySet<string>
  /** Decides whether a policy for this name lets the caller read the field at `coordinate`. In doubt, it denies. */
  grants(policy: string, coordinate: string): boolean
}

/** The kind of rule that denied. It never says which scope or policy. */
export type DenialKind = 'AUTHENTICATED' | 'SCOPES' | 'POLICY'

/** The rule that requires nothing. */
export const OPEN: Rule = Object.freeze({ authenticated: false, scopes: [], policies: [] })

/** The rights of a caller without a token. */
export const ANONYMOUS: Rights = Object.freeze({ authenticated: false, scopes: new Set<string>(), grants: () => false })

/** Combines two rules: the caller must meet both. */
export function bothRules(left: Rule, right: Rule): Rule {
  if (isOpen(left)) return right
  if (isOpen(right)) return left
  return {
    authenticated: left.authenticated || right.authenticated,
    scopes: union(left.scopes, right.scopes),
    policies: union(left.policies, right.policies),
  }
}

/** Checks whether a rule requires nothing. */
export function isOpen(rule: Rule): boolean {
  return !rule.authenticated && rule.scopes.length === 0 && rule.policies.length === 0
}

/**
 * Decides a rule for a caller. Only an authenticated caller can have scopes or be allowed by policies.
 * @param coordinate the field that the caller reads, for the policies.
 * @returns the kind of rule that denies, or null if the caller meets the rule.
 */
export function denialOf(rule: Rule, rights: Rights, coordinate: string): DenialKind | null {
  if (isOpen(rule)) return null
  if (!rights.authenticated) return 'AUTHENTICATED'
  if (!rule.scopes.every((requirement) => isMet(requirement, (scope) => rights.scopes.has(scope)))) return 'SCOPES'
  const isGranted = (policy: string): boolean => rights.grants(policy, coordinate)
  return rule.policies.every((requirement) => isMet(requirement, isGranted)) ? null : 'POLICY'
}

/** Lists each scope that a rule names, in any alternative. */
export function scopesNamed(rule: Rule): readonly string[] {
  return rule.scopes.flat(2)
}

/** Lists each policy that a rule names, in any alternative. */
export function policiesNamed(rule: Rule): readonly string[] {
  return rule.policies.flat(2)
}

/**
 * Reads the alternatives of a rule, a list of lists of names. GraphQL takes one item for a list of it (GraphQL specification, Lists, Input
 * Coercion): `"review"` and `["review"]` are `[["review"]]`, and `["a", "b"]` is a or b.
 * @returns null if a list is empty, or if something in it is not a name.
 */
export function readRequirement(value: unknown): Requirement | null {
  const alternatives = toList(value).map(toList)
  const isNamed = (list: readonly unknown[]): list is readonly string[] =>
    list.length > 0 && list.every((name) => typeof name === 'string' && name !== '')
  return alternatives.length > 0 && alternatives.every(isNamed) ? alternatives : null
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

function isMet(requirement: Requirement, has: (name: string) => boolean): boolean {
  return requirement.some((all) => all.every(has))
}

function union(left: readonly Requirement[], right: readonly Requirement[]): readonly Requirement[] {
  const unique = new Map([...left, ...right].map((requirement) => [JSON.stringify(requirement), requirement]))
  return [...unique.values()]
}
