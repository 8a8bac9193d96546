import { isInterfaceType, isUnionType, type Type } from '@apollo/federation-internals'
import { type DomainSchema, type Field, namedType, objectFields } from '../domain-schema.ts'
import type { Rule } from '../rule.ts'

/**
 * Finds a field that several subgraphs answer with a union or an interface, if one of them knows fewer of its types than another.
 * The planner leaves out the selections on the types that not all of the subgraphs know. It does so even when it asks the
 * subgraph that knows them.
 */
export const partialAbstractType: Rule = {
  code: 'ABSTRACT_TYPE_PARTLY_KNOWN',
  refuses: 'a shared field of a union or an interface whose types differ between the subgraphs that answer it',
  remedy: 'Give the union the same members in each subgraph that answers the field.',
  *check({ domains }) {
    const first = new Map<string, { readonly types: string; readonly by: string }>()
    for (const domain of domains) {
      for (const field of objectFields(domain).filter((each) => !isExternal(domain, each))) {
        const types = runtimeTypes(namedType(field))
        if (types === null) continue
        const before = first.get(field.coordinate)
        if (before === undefined) first.set(field.coordinate, { types, by: domain.name })
        else if (before.types !== types) {
          const expected = `${before.types}, as in ${before.by}`
          yield { subgraph: domain.name, coordinate: field.coordinate, expected, came: types }
        }
      }
    }
  },
}

function isExternal(domain: DomainSchema, field: Field): boolean {
  return field.appliedDirectivesOf(domain.federationName('external')).length > 0
}

function runtimeTypes(type: Type | undefined): string | null {
  if (type === undefined) return null
  if (isUnionType(type))
    return type
      .types()
      .map(({ name }) => name)
      .sort()
      .join(' | ')
  if (isInterfaceType(type))
    return type
      .possibleRuntimeTypes()
      .map(({ name }) => name)
      .sort()
      .join(' | ')
  return null
}
