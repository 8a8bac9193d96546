import { entities, istmo, namedType, objectFields } from '../domain-schema.ts'
import type { Rule } from '../rule.ts'

/** Across a border the gateway asks the owner of a record, so the field must return records (istmo.graphql, `@crossBorder`). */
export const crossBorderRecord: Rule = {
  code: 'CROSS_BORDER_WITHOUT_RECORD',
  refuses: '`@crossBorder` on a field that does not return an entity',
  remedy: 'Return an entity or a list of entities, or remove @crossBorder.',
  *check({ domains }) {
    for (const domain of domains) {
      const records = new Set(entities(domain).map((type) => type.name))
      for (const field of objectFields(domain)) {
        const type = namedType(field)
        if (istmo(domain, field, 'crossBorder').length === 0 || (type !== undefined && records.has(type.name))) continue
        yield {
          subgraph: domain.name,
          coordinate: field.coordinate,
          expected: 'an entity or a list of entities under @crossBorder',
          came: `${field.type}, which has no @key`,
        }
      }
    }
  },
}
