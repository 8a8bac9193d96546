import { Kind, type SelectionNode } from 'graphql'
import type { Fetch, SpreadFetch } from '../../types/operation.ts'
import type { PlainFetch, RequiredSelection, Unbound } from '../../types/plan.ts'
import { placeOf } from '../split/list-fetch-nodes.ts'
import { responseKey } from '../syntax/nodes.ts'

/** A fetch before its dependencies are known. */
export type Unplaced = Omit<Unbound<SpreadFetch>, 'index' | 'dependsOn'> | Omit<PlainFetch, 'index' | 'dependsOn'>

/**
 * Orders fetches (docs/design/spread.md, Step 2: order the fetches). A fetch depends on the fetches that produce the objects at its path
 * and the fields that it requires. It starts when these are merged, and does not wait for other fetches. A place is a response path
 * without list levels.
 */
export function addDependencies(fetches: readonly Unplaced[]): Unbound<Fetch>[] {
  const producers = new Map<string, number[]>()
  return fetches.map((fetch, index) => {
    const fetched = { ...fetch, index, dependsOn: findDependencies(fetch, index, producers, fetches) } as Unbound<Fetch>
    for (const place of listProducedPlaces(fetch)) {
      const indices = producers.get(place)
      if (indices) indices.push(index)
      else producers.set(place, [index])
    }
    return fetched
  })
}

function findDependencies(
  fetch: Unplaced,
  index: number,
  producers: ReadonlyMap<string, readonly number[]>,
  fetches: readonly Unplaced[],
): readonly number[] {
  const allEarlier = Array.from({ length: index }, (_, i) => i)
  if (fetch.mode === 'PLAIN') {
    if (fetch.kind === 'mutation' || (fetches[0]?.mode === 'PLAIN' && fetches[0].kind === 'mutation')) return allEarlier
    if (fetch.contextRewrites.length > 0) return allEarlier
  }
  const hasRewrites = fetches.some((other) => other.mode === 'PLAIN' && other.outputRewrites.length > 0)
  if (fetch.requires === null) return []
  if (hasRewrites) return allEarlier
  const found = new Set<number>()
  for (const place of listNeededPlaces(fetch)) {
    const indices = producers.get(place)
    if (indices === undefined) return allEarlier
    for (const producer of indices) found.add(producer)
  }
  return [...found].sort((a, b) => a - b)
}

/** Lists the place of the object at the path, and of each field that the representation is made of. */
function listNeededPlaces(fetch: Unplaced): string[] {
  const at = placeOf(fetch.path)
  // A plain fetch may have a type condition. Then it waits for the last fetch that answers the type (interface objects).
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

function* listProducedPlaces(fetch: Unplaced): Generator<string> {
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
