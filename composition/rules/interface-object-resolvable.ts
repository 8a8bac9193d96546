import { entities, federation, keysOf } from '../domain-schema.ts'
import type { Rule } from '../rule.ts'

/**
 * For an `@interfaceObject` with a key that is not resolvable, the planner makes wrong plans without an error
 * (docs/design/federation.md, Patterns that composition rejects).
 */
export const interfaceObjectResolvable: Rule = {
  code: 'INTERFACE_OBJECT_NOT_RESOLVABLE',
  refuses: '`@interfaceObject` with `resolvable: false`',
  remedy: 'Make the key of the interface object resolvable, or use the concrete types.',
  *check({ domains }) {
    for (const domain of domains) {
      for (const type of entities(domain)) {
        if (federation(domain, type, 'interfaceObject').length === 0) continue
        const unresolvable = keysOf(domain, type).filter((key) => !key.resolvable)
        if (unresolvable.length === 0) continue
        yield {
          subgraph: domain.name,
          coordinate: type.coordinate,
          expected: 'a resolvable key on an @interfaceObject',
          came: `resolvable: false on ${unresolvable.map((key) => `"${key.fields}"`).join(', ')}`,
        }
      }
    }
  },
}
