import { entities, istmo, objectFields, rootFields } from '../domain-schema.ts'
import type { Rule } from '../rule.ts'

/** The gateway can ask a country only for a root field or a field of an entity (docs/design/contract.md, Who answers). */
export const answeredByPlace: Rule = {
  code: 'ANSWERED_BY_MISPLACED',
  refuses: '`@answeredBy` on a field of a type that is neither a root type nor an entity',
  remedy: 'Give the type a @key, or move the field to an entity or a root type.',
  *check({ domains }) {
    for (const domain of domains) {
      const places = new Set(
        [...entities(domain), ...rootFields(domain).map((field) => field.parent)].map((t) => t.name),
      )
      for (const field of objectFields(domain)) {
        if (istmo(domain, field, 'answeredBy').length === 0 || places.has(field.parent.name)) continue
        yield {
          subgraph: domain.name,
          coordinate: field.coordinate,
          expected: '@answeredBy only on a root field or a field of an entity',
          came: `@answeredBy on a field of ${field.parent.name}, which has no @key`,
        }
      }
    }
  },
}
