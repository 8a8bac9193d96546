import { Kind, type SelectionNode } from 'graphql'
import type { PlainFetch, PlannedFetch, PlannedSpreadFetch, RequiredSelection } from '../../types/plan.ts'
import { responseKey } from '../syntax/nodes.ts'

/** A fetch before its dependencies are known. */
export type Unplaced = Omit<PlannedSpreadFetch, 'index' | 'dependsOn'> | Omit<PlainFetch, 'index' | 'dependsOn'>

/**
 * Orders fetches (docs/design/spread.md, Step 2: order the fetches): a fetch starts when those that give the objects at its
 * path and the fields that it requires have been merged, not when a whole wave is over. Places are response paths without list
 * levels.
 */
export function addDependencies(fetches: readonly Unplaced[]): PlannedFetch[] {
  const givers = new Map<string, number[]>()
  return fetches.map((fetch, index) => {
    const fetched = { ...fetch, index, dependsOn: dependencies(fetch, index, givers, fetches) } as PlannedFetch
    for (const place of placesGiven(fetch)) {
      const indices = givers.get(place)
      if (indices) indices.push(index)
      else givers.set(place, [index])
    }
    return fetched
  })
}

function dependencies(
  fetch: Unplaced,
  index: number,
  givers: ReadonlyMap<string, readonly number[]>,
  fetches: readonly Unplaced[],
): readonly number[] {
  const all = Array.from({ length: index }, (_, i) => i)
  if (fetch.mode === 'PLAIN') {
    if (fetch.kind === 'mutation' || (fetches[0]?.mode === 'PLAIN' && fetches[0].kind === 'mutation')) return all
    if (fetch.contextRewrites.length > 0) return all
  }
  const rewritten = fetches.some((other) => other.mode === 'PLAIN' && other.outputRewrites.length > 0)
  if (fetch.requires === null) return []
  if (rewritten) return all
  const found = new Set<number>()
  for (const place of placesNeeded(fetch)) {
    const indices = givers.get(place)
    if (indices === undefined) return all
    for (const giver of indices) found.add(giver)
  }
  return [...found].sort((a, b) => a - b)
}

/** The object at the path, and each field that the representation is made of. */
function placesNeeded(fetch: Unplaced): string[] {
  const at = placeOf(fetch.path)
  // A plain fetch may stand behind a type condition: then it waits for whoever says the type last (interface objects).
  const typename =
    fetch.mode === 'PLAIN' && fetch.requires?.some((node) => node.kind === 'fragment') ? [`${at}.__typename`] : []
  const fields = (selections: readonly RequiredSelection[], place: string): string[] =>
    selections.flatMap((node) => {
      if (node.kind === 'fragment') return fields(node.selections, place)
      if (node.name === '__typename') return []
      const below = `${place}.${node.key}`
      return [below, ...fields(node.selections ?? [], below)]
    })
  return [at, ...typename, ...fields(fetch.requires ?? [], at)]
}

function* placesGiven(fetch: Unplaced): Generator<string> {
  const at = placeOf(fetch.path)
  const selections: readonly SelectionNode[] =
    fetch.mode === 'PLAIN' ? fetch.selections : fetch.fields.map((field) => field.node)
  const isEntities = fetch.mode === 'PLAIN' && fetch.requires !== null
  for (const node of isEntities ? selections.flatMap(childrenOf) : selections) yield* placesBelow(node, at)
}

function* placesBelow(node: SelectionNode, place: string): Generator<string> {
  const below = node.kind === Kind.FIELD ? `${place}.${responseKey(node)}` : place
  if (node.kind === Kind.FIELD) yield below
  for (const child of childrenOf(node)) yield* placesBelow(child, below)
}

function childrenOf(node: SelectionNode): readonly SelectionNode[] {
  return node.kind === Kind.FRAGMENT_SPREAD ? [] : (node.selectionSet?.selections ?? [])
}

function placeOf(path: readonly string[]): string {
  return ['', ...path.filter((step) => step !== '@')].join('.')
}
