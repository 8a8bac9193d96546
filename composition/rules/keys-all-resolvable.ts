import { entities, keysOf } from '../domain-schema.ts'
import type { Rule } from '../rule.ts'

/**
 * If an entity has several keys and some of them are not resolvable, the planner makes wrong plans without an error
 * (docs/design/federation.md, Patterns that composition rejects).
 */
export const keysAllResolvable: Rule = {
  code: 'KEYS_PARTLY_RESOLVABLE',
  refuses: 'an entity with several keys that are not all resolvable',
  remedy: 'Make every key resolvable, or keep only one key.',
  *check({ domains }) {
    for (const domain of domains) {
      for (const type of entities(domain)) {
        const keys = keysOf(domain, type)
        const unresolvable = keys.filter((key) => !key.resolvable).map((key) => `"${key.fields}"`)
        if (keys.length < 2 || unresolvable.length === 0) continue
        yield {
          subgraph: domain.name,
          coordinate: type.coordinate,
          expected: `each of its ${keys.length} keys to be resolvable`,
          came: `resolvable: false on ${unresolvable.join(', ')}`,
        }
      }
    }
  },
}
