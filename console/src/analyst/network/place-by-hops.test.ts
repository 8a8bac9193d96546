import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NetworkEdge } from './network-graph.ts'
import { placeByHops } from './place-by-hops.ts'

/** A network of up to 60 nodes: each is connected to one before it, and some to nothing. */
const arbitraryNetwork = fc
  .array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.boolean()), { maxLength: 60 })
  .map((nodes) => {
    const edges = nodes.flatMap(([share, isAlone], index): readonly NetworkEdge[] =>
      isAlone ? [] : [{ from: `n${Math.floor(share * (index + 1))}`, to: `n${index + 1}`, relation: '' }],
    )
    return { edges, ids: ['n0', ...nodes.map((_, index) => `n${index + 1}`)] }
  })

/** The oracle: hops by relaxing every edge until nothing changes. */
function hopsOf(ids: readonly string[], edges: readonly NetworkEdge[]): ReadonlyMap<string, number> {
  const hops = new Map(ids.map((id) => [id, id === 'n0' ? 0 : Number.POSITIVE_INFINITY]))
  const at = (id: string): number => hops.get(id) ?? 0
  for (const _ of ids)
    for (const { from, to } of edges) {
      hops.set(to, Math.min(at(to), at(from) + 1))
      hops.set(from, Math.min(at(from), at(to) + 1))
    }
  return hops
}

describe('placeByHops', () => {
  it('puts the start in the middle, who is nearer not farther out, and nobody onto another', () => {
    fc.assert(
      fc.property(arbitraryNetwork, ({ ids, edges }) => {
        const places = placeByHops({ edges }, 'n0', { added: ids, emptyRadius: 0 })
        expect([...places.keys()].sort()).toEqual([...ids].sort())
        expect(places.get('n0')).toEqual({ x: 0, y: 0 })
        const hops = hopsOf(ids, edges)
        const out = [...places].map(([id, { x, y }]) => ({ id, hops: hops.get(id) ?? 0, radius: Math.hypot(x, y) }))
        out.sort((left, right) => left.radius - right.radius)
        expect(out.map((each) => each.hops)).toEqual(out.map((each) => each.hops).toSorted((a, b) => a - b))
        const points = [...places.values()]
        points.forEach((one, index) => {
          for (const other of points.slice(0, index))
            expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(30)
        })
      }),
    )
  })

  it('leaves the middle to what is there already', () => {
    const places = placeByHops({ edges: [] }, 'n0', { added: ['a', 'b', 'c'], emptyRadius: 500 })
    for (const { x, y } of places.values()) expect(Math.hypot(x, y)).toBeGreaterThan(500)
  })
})
