import { federation, objectFields } from '../domain-schema.ts'
import type { Rule } from '../rule.ts'

/**
 * For `@requires` on a field with arguments, the planner makes wrong plans without an error (docs/design/federation.md, Patterns
 * that composition rejects).
 */
export const requiresWithoutArguments: Rule = {
  code: 'REQUIRES_WITH_ARGUMENTS',
  refuses: '`@requires` on a field with arguments',
  remedy: 'Remove the arguments or @requires.',
  *check({ domains }) {
    for (const domain of domains) {
      for (const field of objectFields(domain)) {
        if (!field.hasArguments() || federation(domain, field, 'requires').length === 0) continue
        yield {
          subgraph: domain.name,
          coordinate: field.coordinate,
          expected: 'no arguments on a field with @requires',
          came: field
            .arguments()
            .map((argument) => argument.coordinate)
            .join(', '),
        }
      }
    }
  },
}
