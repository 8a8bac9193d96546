import { ISTMO_DIRECTIVES } from '../../contract/access/rule-directives.ts'
import { interfaceFields, istmo } from '../domain-schema.ts'
import type { Rule } from '../rule.ts'

/**
 * Composition never carries a custom directive of an interface's field into the supergraph: it would silently be lost
 * (docs/design/federation.md, Directives that composition loses).
 */
export const noDirectiveOnInterface: Rule = {
  code: 'DIRECTIVE_ON_INTERFACE',
  refuses: 'an istmo directive on a field of an interface, or on an argument of such a field',
  remedy: 'Put the directive on the field of each object type that implements the interface.',
  *check({ domains }) {
    for (const domain of domains) {
      for (const element of interfaceFields(domain).flatMap((field) => [field, ...field.arguments()])) {
        const written = ISTMO_DIRECTIVES.filter((directive) => istmo(domain, element, directive).length > 0)
        if (written.length === 0) continue
        yield {
          subgraph: domain.name,
          coordinate: element.coordinate,
          expected: 'no istmo directive on an interface',
          came: written.map((directive) => `@${directive}`).join(', '),
        }
      }
    }
  },
}
