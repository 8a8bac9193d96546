import type { GraphQLSchema } from 'graphql'
import { LRUCache } from 'lru-cache'
import { visibleSchema } from './visible-schema.ts'

/** How many schemas the cache holds, one for each set of hidden coordinates. */
const MAX_SCHEMAS = 16

/**
 * Makes a function that returns the schema without some coordinates (`Type.field`, `Type.field(arg:)`, `Input.field`, `Enum.VALUE`), as
 * introspection shows it (docs/design/access.md, What introspection shows).
 */
export function createShownSchemas(apiSchema: GraphQLSchema): (hidden: readonly string[]) => GraphQLSchema {
  const byHidden = new LRUCache<string, GraphQLSchema>({ max: MAX_SCHEMAS })
  return (hidden) => {
    const key = hidden.join(' ')
    const cached = byHidden.get(key)
    if (cached !== undefined) return cached
    const names = new Set(hidden)
    const schema = visibleSchema(apiSchema, (coordinate) => !names.has(coordinate))
    byHidden.set(key, schema)
    return schema
  }
}
