import { ISTMO_DIRECTIVES } from '../../contract/access/rule-directives.ts'
import { federation } from '../domain-schema.ts'
import type { Rule } from '../rule.ts'

/**
 * Composition silently leaves a directive out of the supergraph if `@composeDirective` does not name it (Federation,
 * `@composeDirective`).
 */
export const directivesComposed: Rule = {
  code: 'DIRECTIVE_NOT_COMPOSED',
  refuses: 'an istmo directive that the schema uses but does not name in `@composeDirective`',
  remedy: 'Begin the schema with contract/schema/header.graphql.',
  *check({ domains }) {
    for (const domain of domains) {
      const composed = new Set(
        federation(domain, domain.schema.schemaDefinition, 'composeDirective').map(({ name }) => String(name)),
      )
      for (const directive of ISTMO_DIRECTIVES) {
        const name = domain.istmoName(directive)
        const uses = name === undefined ? undefined : domain.schema.directive(name)?.applications().size
        if (!uses || composed.has(`@${name}`)) continue
        yield {
          subgraph: domain.name,
          coordinate: `@${name}`,
          expected: `@composeDirective(name: "@${name}")`,
          came: `${uses} uses without it`,
        }
      }
    }
  },
}
