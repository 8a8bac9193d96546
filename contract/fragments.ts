/** The fragments of a document, for the limits that gateway and node set before anything of an operation runs. */
import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql'
import { IstmoError } from './errors.ts'

/**
 * The fragments of a document by name.
 * @throws {IstmoError} `GRAPHQL_VALIDATION_FAILED` if two have one name. Validation would refuse them too, but only after it had compared
 * all that is in them.
 */
export function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.FRAGMENT_DEFINITION) continue
    const name = definition.name.value
    if (fragments.has(name)) throw new IstmoError('GRAPHQL_VALIDATION_FAILED', 'two fragments have one name')
    fragments.set(name, definition)
  }
  return fragments
}

/**
 * The fragments of a document, each after those that it uses (Kahn's order), so that each is measured once, however often it is used.
 * Linear in the document, and it does not recurse with it.
 * @throws {IstmoError} `GRAPHQL_VALIDATION_FAILED` if two fragments have one name, or fragments use one another in a circle.
 */
export function fragmentsInOrderOfUse(document: DocumentNode): readonly FragmentDefinitionNode[] {
  const fragments = fragmentsOf(document)
  const users = new Map<string, string[]>()
  const open = new Map<string, number>()
  for (const [name, fragment] of fragments) {
    const used = [...spreadsOf(fragment)].filter((spread) => fragments.has(spread))
    open.set(name, used.length)
    for (const spread of used) listIn(users, spread).push(name)
  }
  const ready = [...open].filter(([, count]) => count === 0).map(([name]) => name)
  for (let at = 0; at < ready.length; at++) {
    for (const user of users.get(ready[at] ?? '') ?? []) {
      const left = (open.get(user) ?? 0) - 1
      open.set(user, left)
      if (left === 0) ready.push(user)
    }
  }
  if (ready.length < fragments.size) {
    throw new IstmoError('GRAPHQL_VALIDATION_FAILED', 'fragments use one another in a circle')
  }
  return ready.flatMap((name) => fragments.get(name) ?? [])
}

function listIn(lists: Map<string, string[]>, key: string): string[] {
  const list = lists.get(key) ?? []
  lists.set(key, list)
  return list
}

function spreadsOf(fragment: FragmentDefinitionNode): ReadonlySet<string> {
  const stack: SelectionSetNode[] = [fragment.selectionSet]
  const names = new Set<string>()
  for (let set = stack.pop(); set; set = stack.pop()) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) names.add(selection.name.value)
      else if (selection.selectionSet) stack.push(selection.selectionSet)
    }
  }
  return names
}
