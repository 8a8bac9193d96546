import {
  type DomainSchema,
  enumValues,
  fieldArguments,
  hasFields,
  inputFields,
  istmo,
  type Located,
} from '../domain-schema.ts'
import type { Rule, SubgraphSet } from '../rule.ts'

/** `@reveals` must name a field of the supergraph, because the gateway demands the rights of that field (istmo.graphql, `@reveals`). */
export const revealsExistingField: Rule = {
  code: 'REVEALS_UNKNOWN_FIELD',
  refuses: 'a `@reveals` that names a field which does not exist',
  remedy: 'Write the coordinate of the field that the value would reveal, such as "Person.birthDate".',
  *check(set) {
    for (const domain of set.domains) {
      for (const element of revealing(domain)) {
        for (const { field } of istmo(domain, element, 'reveals')) {
          if (exists(set, String(field))) continue
          yield {
            subgraph: domain.name,
            coordinate: element.coordinate,
            expected: 'the coordinate of a field in @reveals',
            came: `${JSON.stringify(field)}, which no subgraph has`,
          }
        }
      }
    }
  },
}

function revealing(domain: DomainSchema): readonly Located[] {
  return [...fieldArguments(domain), ...inputFields(domain), ...enumValues(domain)]
}

function exists(set: SubgraphSet, coordinate: string): boolean {
  const [typeName, fieldName, ...rest] = coordinate.split('.')
  if (typeName === undefined || fieldName === undefined || rest.length > 0) return false
  return set.all.some(({ schema }) => {
    const type = schema.type(typeName)
    return hasFields(type) && type.field(fieldName) !== undefined
  })
}
