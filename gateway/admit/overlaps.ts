import { type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql'

/**
 * Counts the pairs of fields with one response name, and the pairs of fragments, in each place of `set` and below it, with fragments
 * followed. Validation compares each pair (GraphQL section 5.3.2), which is quadratic. It expands fragments, so `set` must have passed
 * the limit of fields.
 * @param most the count stops as soon as it is larger.
 */
export function countOverlaps(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  most: number,
): number {
  const stack: (readonly SelectionSetNode[])[] = [[set]]
  let pairs = 0
  for (let sets = stack.pop(); sets; sets = stack.pop()) {
    const { fieldsByName, followed } = readPlace(sets, fragments)
    pairs += countPairs(followed)
    for (const fields of fieldsByName.values()) {
      pairs += countPairs(fields.length)
      if (pairs > most) return pairs
      const below = fields.flatMap(({ selectionSet }) => selectionSet ?? [])
      if (below.length > 0) stack.push(below)
    }
  }
  return pairs
}

function countPairs(count: number): number {
  return (count * (count - 1)) / 2
}

/** One place of the answer: its fields by response name, and how many fragments lead to them. */
interface Place {
  readonly fieldsByName: ReadonlyMap<string, readonly FieldNode[]>
  readonly followed: number
}

/** Reads the place that several selection sets form together. A fragment counts once in one place, as in validation. */
function readPlace(sets: readonly SelectionSetNode[], fragments: ReadonlyMap<string, FragmentDefinitionNode>): Place {
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
  return { fieldsByName: found, followed: seen.size }
}
