import type { ASTNode } from 'graphql'

/**
 * Returns a syntax tree without `loc`. A location holds the complete token list of its source, in instances of classes that
 * `structuredClone` would copy as plain objects. A node that has no location in it is returned as it is, not copied.
 */
export function stripLocations<T extends ASTNode>(node: T): T {
  return strip(node) as T
}

function strip(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(strip)
    return items.every((item, i) => item === value[i]) ? value : items
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const stripped = entries.filter(([key]) => key !== 'loc').map(([key, part]): [string, unknown] => [key, strip(part)])
  const isSame = stripped.length === entries.length && stripped.every(([, part], i) => part === entries[i]?.[1])
  return isSame ? value : Object.fromEntries(stripped)
}
