import { type DocumentNode, Kind } from 'graphql'
import type { Requirement, Rule } from './rule.ts'
import { type RuleTable, readRuleTable } from './rule-table.ts'

/**
 * Where a country's own SDL asks less than the contract's floor (docs/design/access.md, The rules). Both are decided, so that
 * nothing opens by it; but a country that publishes less than it enforces misleads whoever reads it, and is refused at load.
 * @param base the floor's rules: the contract's of the domain, or those of the supergraph.
 * @returns coordinates as the own SDL has them, in its order: `Type.field` whose rule does not imply the floor's, and arguments, input
 * fields and enum values that lack a `@reveals` of the floor. What only one of the two has is not compared.
 * @throws {Error} when a rule of the own SDL cannot be read.
 */
export function loosened(base: RuleTable, own: DocumentNode): readonly string[] {
  const national = readRuleTable(own)
  const hidesLess = (coordinate: string): boolean =>
    base.revealedBy(coordinate).some((field) => !national.revealedBy(coordinate).includes(field))
  const found = coordinatesOf(own).filter(({ coordinate, field }) =>
    field === undefined
      ? hidesLess(coordinate)
      : base.has(...field) && !implies(national.ofField(...field), base.ofField(...field)),
  )
  return [...new Set(found.map(({ coordinate }) => coordinate))]
}

interface Coordinate {
  readonly coordinate: string
  /** Type and field, where it is a field's. */
  readonly field?: [type: string, field: string]
}

function coordinatesOf(document: DocumentNode): readonly Coordinate[] {
  return document.definitions.flatMap((node): Coordinate[] => {
    switch (node.kind) {
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.OBJECT_TYPE_EXTENSION:
      case Kind.INTERFACE_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_EXTENSION:
        return (node.fields ?? []).flatMap(({ name, arguments: args = [] }) => {
          const coordinate = `${node.name.value}.${name.value}`
          const ofArguments = args.map((argument) => ({ coordinate: `${coordinate}(${argument.name.value}:)` }))
          return [{ coordinate, field: [node.name.value, name.value] }, ...ofArguments]
        })
      case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      case Kind.INPUT_OBJECT_TYPE_EXTENSION:
        return (node.fields ?? []).map(({ name }) => ({ coordinate: `${node.name.value}.${name.value}` }))
      case Kind.ENUM_TYPE_DEFINITION:
      case Kind.ENUM_TYPE_EXTENSION:
        return (node.values ?? []).map(({ name }) => ({ coordinate: `${node.name.value}.${name.value}` }))
      default:
        return []
    }
  })
}

/** Whether whoever meets `own` meets `floor`. Scopes and policies belong to an authenticated caller. */
function implies(own: Rule, floor: Rule): boolean {
  const isAuthenticated = own.authenticated || own.scopes.length > 0 || own.policies.length > 0
  return (
    (!floor.authenticated || isAuthenticated) &&
    floor.scopes.every((requirement) => own.scopes.some((one) => isStricter(one, requirement))) &&
    floor.policies.every((requirement) => own.policies.some((one) => isStricter(one, requirement)))
  )
}

/** Whether each alternative of `own` holds all names of some alternative of `floor`. */
function isStricter(own: Requirement, floor: Requirement): boolean {
  return own.every((all) => floor.some((needed) => needed.every((name) => all.includes(name))))
}
