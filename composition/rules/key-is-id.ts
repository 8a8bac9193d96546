import { entities, keysOf } from '../domain-schema.ts'
import type { Rule } from '../rule.ts'

/** The gateway reads the owner of a record from its id, so every entity must have the key `id: ID!` (docs/design/contract.md, Ids). */
export const keyIsId: Rule = {
  code: 'KEY_WITHOUT_ID',
  refuses: 'an entity without the key `id: ID!`',
  remedy: 'Give the entity @key(fields: "id") and id: ID!, a record id that begins with its owner.',
  *check({ domains }) {
    for (const domain of domains) {
      for (const type of entities(domain)) {
        const keys = keysOf(domain, type).map(({ fields }) => fields)
        const idType = String(type.field('id')?.type)
        if (keys.includes('id') && idType === 'ID!') continue
        const came = keys.includes('id') ? `id: ${idType}` : `the keys ${keys.map((key) => `"${key}"`).join(', ')}`
        yield { subgraph: domain.name, coordinate: type.coordinate, expected: 'the key id: ID!', came }
      }
    }
  },
}
