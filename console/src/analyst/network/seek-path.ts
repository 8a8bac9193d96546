import { connectNodes, MOST_HOPS, type Network } from './network-graph.ts'

/** How far each end is read, in hops: both together are the longest path. */
const HOPS_OF_END = MOST_HOPS / 2

/**
 * Lists whom to read next to find a path between two persons: the nearest persons of one end that were not read, of that end which has fewer of them. Reading
 * from both ends takes far fewer questions than reading from one.
 * @param read the ids of the persons that were read.
 * @returns nothing if both ends are read as far as a path of {@link MOST_HOPS} hops needs.
 */
export function listNextToRead(
  network: Pick<Network, 'nodes' | 'edges'>,
  ends: readonly [from: string, to: string],
  read: ReadonlySet<string>,
): readonly string[] {
  const neighbours = connectNodes(network.edges)
  // Of the other end nothing may be known yet.
  const isPerson = (id: string): boolean => (network.nodes.get(id)?.kind ?? 'person') === 'person'
  const [first = [], second = []] = ends
    .map((end) => findUnread({ neighbours, isPerson, read }, end))
    .filter((unread) => unread.length > 0)
    .sort((left, right) => left.length - right.length)
  return first.length > 0 ? first : second
}

interface Around {
  readonly neighbours: ReadonlyMap<string, readonly string[]>
  readonly isPerson: (id: string) => boolean
  readonly read: ReadonlySet<string>
}

/** Finds the nearest persons around an end, itself included, that were not read. */
function findUnread({ neighbours, isPerson, read }: Around, end: string): readonly string[] {
  const seen = new Set([end])
  let layer: readonly string[] = [end]
  for (let hop = 0; hop < HOPS_OF_END; hop++) {
    const unread = layer.filter((id) => !read.has(id))
    if (unread.length > 0) return unread
    layer = layer.flatMap((id) => stepTo(id, { neighbours, isPerson }, seen))
  }
  return []
}

/** Steps to the persons one hop away: those of the same case or number, and other records of the same person. */
function stepTo(id: string, { neighbours, isPerson }: Omit<Around, 'read'>, seen: Set<string>): readonly string[] {
  const near = neighbours.get(id) ?? []
  const persons = near.flatMap((each) => (isPerson(each) ? [each] : (neighbours.get(each) ?? [])))
  const found = [...new Set(persons)].filter((each) => !seen.has(each))
  for (const each of found) seen.add(each)
  return found
}
