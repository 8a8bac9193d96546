import { type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql'

/**
 * How many pairs of fields of one response name stand in one place, in `set` and below it with fragments followed. Validation compares
 * each pair with one another (GraphQL section 5.3.2), which is quadratic. Writes fragments out: `set` has passed the limit of fields.
 * @param most counting stops at the first that is more.
 */
export function countOverlaps(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  most: number,
): number {
  const stack: (readonly SelectionSetNode[])[] = [[set]]
  let pairs = 0
  for (let sets = stack.pop(); sets; sets = stack.pop()) {
    for (const fields of fieldsByName(sets, fragments).values()) {
      pairs += (fields.length * (fields.length - 1)) / 2
      if (pairs > most) return pairs
      const below = fields.flatMap(({ selectionSet }) => selectionSet ?? [])
      if (below.length > 0) stack.push(below)
    }
  }
  return pairs
}

/** The fields of sets that are one place of the answer, by response name. A fragment counts once in one place, as in validation. */
function fieldsByName(
  sets: readonly SelectionSetNode[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): ReadonlyMap<string, readonly FieldNode[]> {
  const found = new Map<string, FieldNode[]>()
  const seen = new Set<string>()
  const stack = [...sets]
  for (let set = stack.pop(); set; set = stack.pop()) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value
        const fields = found.get(name)
        if (fields) fields.push(selection)
        else found.set(name, [selection])
        continue
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) stack.push(selection.selectionSet)
      else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value)
        const fragment = fragments.get(selection.name.value)
        if (fragment) stack.push(fragment.selectionSet)
      }
    }
  }
  return found
}
