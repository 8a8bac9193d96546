import { Kind, parse, type SelectionNode } from 'graphql'

/** Parses a field set of `@key` or `@requires`. */
export function parseFieldSet(text: string): readonly SelectionNode[] {
  const [definition] = parse(`{ ${text} }`, { noLocation: true }).definitions
  return definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet.selections : []
}

/**
 * Selects what a field set names from a value, with the keys in its order; undefined if a part is missing.
 * @param read returns the value of an object's field.
 */
export function project(
  value: unknown,
  nodes: readonly SelectionNode[],
  read: (object: Readonly<Record<string, unknown>>, name: string) => unknown,
  isOf: (object: Readonly<Record<string, unknown>>, typeName: string) => boolean,
): unknown {
  if (Array.isArray(value)) return value.map((item) => project(item, nodes, read, isOf))
  if (typeof value !== 'object' || value === null) return value
  const object = value as Readonly<Record<string, unknown>>
  const result: Record<string, unknown> = {}
  for (const node of nodes) {
    if (node.kind === Kind.FRAGMENT_SPREAD || (node.kind === Kind.FIELD && node.name.value === '__typename')) continue
    if (node.kind === Kind.INLINE_FRAGMENT) {
      if (!isOf(object, node.typeCondition?.name.value ?? '')) continue
      Object.assign(result, project(object, node.selectionSet.selections, read, isOf))
      continue
    }
    const below = read(object, node.name.value)
    result[node.name.value] =
      below === undefined
        ? 'MISSING'
        : node.selectionSet
          ? project(below, node.selectionSet.selections, read, isOf)
          : below
  }
  return result
}
