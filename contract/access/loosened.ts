import type { DocumentNode } from 'graphql'
import type { Requirement, Rule } from './rule.ts'
import { type RuleTable, readRuleTable } from './rule-table.ts'
import { listPlaces } from './sdl-places.ts'

/**
 * Finds where a country's own SDL requires less than the contract's floor (docs/design/access.md, The rules). The gateway applies
 * both, so a weaker rule opens nothing. But an SDL with weaker rules than those that are enforced misleads its readers, so the
 * gateway rejects it when it loads the country.
 * @param base the floor's rules: those of the domain in the contract, or those of the supergraph.
 * @returns coordinates of the country's SDL, in its order: each `Type.field` whose rule does not imply the floor's rule, each argument,
 * input field and enum value that lacks a `@reveals` of the floor, and then each type whose own rule is weaker although none of its fields is:
 * the existence of an object needs no field. It does not compare what only one of the two has.
 * @throws {Error} if a rule of the country's SDL is malformed.
 */
export function loosened(base: RuleTable, own: DocumentNode): readonly string[] {
  const national = readRuleTable(own)
  const hidesLess = (coordinate: string): boolean =>
    base.revealedBy(coordinate).some((field) => !national.revealedBy(coordinate).includes(field))
  const places = listPlaces(own)
  const found = places.filter(({ at, coordinate, typeName, name }) => {
    if (at === 'type') return false
    if (at !== 'field') return hidesLess(coordinate)
    return (
      base.has(typeName, name.value) &&
      !implies(national.ofField(typeName, name.value), base.ofField(typeName, name.value))
    )
  })
  const fields = new Set(found.map(({ coordinate }) => coordinate))
  const named = new Set(found.map(({ typeName }) => typeName))
  const types = [...new Set(places.map(({ typeName }) => typeName))].filter(
    (type) => !named.has(type) && !implies(national.ofType(type), base.ofType(type)),
  )
  return [...fields, ...types]
}

/** Checks whether each caller that meets `national` also meets `floor`. Only an authenticated caller can have scopes or policies. */
export function implies(national: Rule, floor: Rule): boolean {
  const isAuthenticated = national.authenticated || national.scopes.length > 0 || national.policies.length > 0
  return (
    (!floor.authenticated || isAuthenticated) &&
    areStricter(national.scopes, floor.scopes) &&
    areStricter(national.policies, floor.policies)
  )
}

/** How many alternatives are written out. Beyond it, requirements are compared one by one, which may call a rule weaker that is not. */
const MOST_ALTERNATIVES = 4_096

/** Checks whether all of `national` together demand each of `floor`. */
function areStricter(national: readonly Requirement[], floor: readonly Requirement[]): boolean {
  if (floor.every((needed) => national.some((one) => isStricter(one, needed)))) return true
  const count = national.reduce((product, { length }) => product * length, 1)
  if (count > MOST_ALTERNATIVES) return false
  const together = national.reduce<Requirement>(
    (alternatives, one) => alternatives.flatMap((left) => one.map((right) => [...left, ...right])),
    [[]],
  )
  return floor.every((needed) => isStricter(together, needed))
}

/** Checks whether each alternative of `national` contains all names of some alternative of `floor`. */
function isStricter(national: Requirement, floor: Requirement): boolean {
  return national.every((all) => floor.some((needed) => needed.every((name) => all.includes(name))))
}
