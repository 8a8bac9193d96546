import { connectNodes, type Network } from './network-graph.ts'

/** A place in the picture, in its own units: a node is 22 wide. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** The distance between neighbours: a node and a part of its name. */
const GAP = 46

/** The angle at which no two seeds of a sunflower stand in a line (Vogel, 1979). */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5))

/**
 * Places many nodes at once: the start in the middle, and around it the others like the seeds of a sunflower, the fewer hops the nearer. A simulation of
 * forces would take minutes for thousands of nodes, and this takes milliseconds.
 * @param added which nodes of the network are placed.
 * @param emptyRadius how much of the middle is taken already; 0 for nothing.
 * @returns the place of each added node. The same network gives the same places.
 */
export function placeByHops(
  network: Pick<Network, 'edges'>,
  start: string,
  { added, emptyRadius }: { readonly added: readonly string[]; readonly emptyRadius: number },
): ReadonlyMap<string, Point> {
  const hops = countHops(network, start)
  const far = Number.MAX_SAFE_INTEGER
  const ordered = added.toSorted(
    (left, right) => (hops.get(left) ?? far) - (hops.get(right) ?? far) || (left < right ? -1 : 1),
  )
  const first = emptyRadius === 0 ? 0 : Math.ceil((emptyRadius / GAP) ** 2) + 1
  return new Map(
    ordered.map((id, index) => {
      const radius = GAP * Math.sqrt(first + index)
      const angle = (first + index) * GOLDEN_ANGLE
      return [id, { x: radius * Math.cos(angle), y: radius * Math.sin(angle) }]
    }),
  )
}

/** Counts the edges from a node to each other that can be reached. */
export function countHops({ edges }: Pick<Network, 'edges'>, start: string): ReadonlyMap<string, number> {
  const neighbours = connectNodes(edges)
  const hops = new Map([[start, 0]])
  // A map is walked in the order in which it grows, also while it grows.
  for (const [id, count] of hops) {
    for (const other of neighbours.get(id) ?? []) if (!hops.has(other)) hops.set(other, count + 1)
  }
  return hops
}
