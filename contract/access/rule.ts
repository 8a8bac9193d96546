/**
 * What a field asks of a caller: `@authenticated`, `@requiresScopes` and `@policy`, with the meaning that the Federation
 * directives' documentation gives them.
 */

/** Alternatives, each a set that must be held whole: an OR of ANDs. An empty list of alternatives is never held. */
export type Requirement = readonly (readonly string[])[]

/** All that is asked for one field or type, each part of it to be met: directives of several subgraphs and types add up. */
export interface Rule {
  readonly authenticated: boolean
  readonly scopes: readonly Requirement[]
  readonly policies: readonly Requirement[]
}

/** What one caller may do in one country. */
export interface Rights {
  readonly authenticated: boolean
  readonly scopes: ReadonlySet<string>
  /** Whether a policy of this name lets the caller read the field at `coordinate`. A doubt is a no. */
  grants(policy: string, coordinate: string): boolean
}

/** Which kind of rule refused. Never says which scope or policy. */
export type DenialKind = 'AUTHENTICATED' | 'SCOPES' | 'POLICY'

/** Nothing is asked. */
export const OPEN: Rule = Object.freeze({ authenticated: false, scopes: [], policies: [] })

/** The rights of who shows no token. */
export const ANONYMOUS: Rights = Object.freeze({ authenticated: false, scopes: new Set<string>(), grants: () => false })

/** Both rules at once. */
export function bothRules(left: Rule, right: Rule): Rule {
  if (isOpen(left)) return right
  if (isOpen(right)) return left
  return {
    authenticated: left.authenticated || right.authenticated,
    scopes: union(left.scopes, right.scopes),
    policies: union(left.policies, right.policies),
  }
}

/** Whether a rule asks nothing. */
export function isOpen(rule: Rule): boolean {
  return !rule.authenticated && rule.scopes.length === 0 && rule.policies.length === 0
}

/**
 * The kind of rule that refuses the caller, or null where the rule is met. Scopes and policies belong to an authenticated caller.
 * @param coordinate the field that is read, for the policies.
 */
export function denialOf(rule: Rule, rights: Rights, coordinate: string): DenialKind | null {
  if (isOpen(rule)) return null
  if (!rights.authenticated) return 'AUTHENTICATED'
  if (!rule.scopes.every((requirement) => isMet(requirement, (scope) => rights.scopes.has(scope)))) return 'SCOPES'
  const isGranted = (policy: string): boolean => rights.grants(policy, coordinate)
  return rule.policies.every((requirement) => isMet(requirement, isGranted)) ? null : 'POLICY'
}

/** Every scope that a rule names, whether or not it is an alternative. */
export function scopesNamed(rule: Rule): readonly string[] {
  return rule.scopes.flat(2)
}

/** Every policy that a rule names, whether or not it is an alternative. */
export function policiesNamed(rule: Rule): readonly string[] {
  return rule.policies.flat(2)
}

function isMet(requirement: Requirement, holds: (name: string) => boolean): boolean {
  return requirement.some((all) => all.every(holds))
}

function union(left: readonly Requirement[], right: readonly Requirement[]): readonly Requirement[] {
  const known = new Map([...left, ...right].map((requirement) => [JSON.stringify(requirement), requirement]))
  return [...known.values()]
}
