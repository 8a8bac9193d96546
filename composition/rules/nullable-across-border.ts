import { isNonNullType } from '@apollo/federation-internals'
import { type DomainSchema, entities, hasFields, istmo, keysOf, namedType, objectFields } from '../domain-schema.ts'
import type { Rule, SubgraphSet } from '../rule.ts'

/**
 * The fields of a record that another country or domain names must be nullable: when the owner is silent, only the id can be
 * answered (istmo.graphql, `@crossBorder`).
 */
export const nullableAcrossBorder: Rule = {
  code: 'NON_NULL_ACROSS_BORDER',
  refuses:
    'a non-null field other than the key, on an entity that can be reached across a border or from another domain',
  remedy: 'Make the field nullable, because the owner may not answer while the id is known.',
  *check(set) {
    const reached = reachedFromElsewhere(set)
    for (const domain of set.domains) {
      for (const type of entities(domain)) {
        const why = reached.get(type.name)
        if (why === undefined) continue
        const keyFields = new Set(keysOf(domain, type).flatMap(({ fields }) => fields.split(/[\s{}]+/)))
        for (const field of type.fields()) {
          if (field.type === undefined || !isNonNullType(field.type) || keyFields.has(field.name)) continue
          yield {
            subgraph: domain.name,
            coordinate: field.coordinate,
            expected: `a nullable type, because ${type.name} can be reached ${why}`,
            came: String(field.type),
          }
        }
      }
    }
  },
}

/** How another country or domain reaches each entity, by the entity's name. */
function reachedFromElsewhere({ domains, all }: SubgraphSet): ReadonlyMap<string, string> {
  const reached = new Map<string, string>()
  for (const name of domains.flatMap((domain) => entities(domain).map((type) => type.name))) {
    const holders = all.filter((domain) => entities(domain).some((type) => type.name === name))
    if (holders.length > 1) reached.set(name, `from ${holders.map((holder) => holder.name).join(' and ')}`)
  }
  for (const domain of domains) for (const name of crossBorderTypes(domain)) reached.set(name, 'across a border')
  return reached
}

function crossBorderTypes(domain: DomainSchema): readonly string[] {
  return objectFields(domain)
    .filter((field) => istmo(domain, field, 'crossBorder').length > 0)
    .flatMap((field) => {
      const type = namedType(field)
      if (type === undefined) return []
      const implementations = hasFields(type) && 'allImplementations' in type ? type.allImplementations() : []
      return [type, ...implementations].map(({ name }) => name)
    })
}
