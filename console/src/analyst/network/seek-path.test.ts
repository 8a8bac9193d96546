import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findPath, MOST_HOPS, type NetworkEdge, type NetworkNode } from './network-graph.ts'
import { listNextToRead } from './seek-path.ts'

const PERSONS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const CASES = ['C1', 'C2', 'C3', 'C4', 'C5', 'C6']

/** What the countries know: who is in which case. */
type World = readonly (readonly [person: string, found: string])[]

/** What is seen of a world when some persons were read: their cases, with everybody in them. */
function see(world: World, read: ReadonlySet<string>) {
  const cases = new Set(world.filter(([person]) => read.has(person)).map(([, found]) => found))
  const seen = world.filter(([, found]) => cases.has(found))
  const edges = seen.map(([from, to]): NetworkEdge => ({ from, to, relation: 'X' }))
  const ids = new Set([...read, ...seen.flat()])
  const nodes = new Map<string, NetworkNode>(
    [...ids].map((id) => [id, { id, kind: CASES.includes(id) ? 'case' : 'person', name: null, provenance: null }]),
  )
  return { nodes, edges }
}

/** Reads until there is a path, or nobody is left to read. Returns whom it read, and the path. */
function seek(world: World, [from, to]: readonly [string, string]) {
  const read = new Set([from])
  for (;;) {
    const network = see(world, read)
    const path = findPath(network, from, to)
    const next = path === null ? listNextToRead(network, [from, to], read) : []
    if (next.length === 0) return { read, path }
    for (const id of next) {
      expect(read.has(id)).toBe(false)
      read.add(id)
    }
  }
}

describe('listNextToRead', () => {
  const worlds = fc.array(fc.tuple(fc.constantFrom(...PERSONS), fc.constantFrom(...CASES)), { maxLength: 16 })
  const ends = fc.tuple(fc.constantFrom(...PERSONS), fc.constantFrom(...PERSONS)).filter(([a, b]) => a !== b)

  it('leads to a path whenever the countries know one within the hops, and ends when they know none', () => {
    fc.assert(
      fc.property(worlds, ends, (world, pair) => {
        const everything = see(world, new Set(PERSONS))
        const known = findPath(everything, pair[0], pair[1], MOST_HOPS * 2)
        const { path } = seek(world, pair)
        expect(path === null).toBe(known === null)
        if (path !== null) expect(path.length).toBeLessThanOrEqual(MOST_HOPS * 2 + 1)
      }),
      { numRuns: 500 },
    )
  })

  it('reads from both ends, and first where fewer are', () => {
    // Many persons are around the one end, and one around the other.
    const crowd = Array.from({ length: 30 }, (_, index) => [`p${index}`, 'C1'] as const)
    const world: World = [...crowd, ['from', 'C1'], ['p7', 'C2'], ['x', 'C2'], ['x', 'C3'], ['to', 'C3']]
    const { read, path } = seek(world, ['from', 'to'])
    expect(path).toEqual(['from', 'C1', 'p7', 'C2', 'x', 'C3', 'to'])
    expect([...read]).toEqual(['from', 'to', 'x'])
  })
})
