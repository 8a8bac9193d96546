import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PersonNetworkQuery } from '../../documents/operation-types.ts'
import { buildNetwork, countSteps, findPath, type NetworkEdge, type NetworkNode } from './network-graph.ts'

const page = { hasNextPage: false, endCursor: null }
const nothing = { provenance: null, identifiers: null, birthDate: null, nationalities: null }
const named = (id: string) => ({ id, names: [{ category: 'LEGAL', full: `Name of ${id}` }] })

function answer(
  id: string,
  cases: Readonly<Record<string, readonly string[]>>,
  same: readonly string[] = [],
): PersonNetworkQuery {
  const edges = Object.entries(cases).map(([caseId, persons]) => ({
    cursor: '',
    node: {
      id: caseId,
      ...{ filedOn: null, status: null, offences: null, provenance: null },
      participants: {
        edges: persons.map((each) => ({ cursor: '', node: { role: 'ACCUSED', person: named(each) } })),
        pageInfo: page,
      },
    },
  }))
  return {
    person: { ...named(id), ...nothing, sameAs: same.map(named), cases: { edges, pageInfo: page, outcomes: [] } },
  }
}

describe('buildNetwork', () => {
  const first = answer('GT:1', { 'GT:C1': ['GT:1', 'HN:2'], 'SV:C2': ['SV:3'] }, ['SV:1'])
  const second = answer('HN:2', { 'GT:C1': ['GT:1', 'HN:2'] })

  it('connects persons with cases and with their other records, and does not depend on the order', () => {
    const network = buildNetwork([first, second])
    expect([...network.nodes.keys()].sort()).toEqual(['GT:1', 'GT:C1', 'HN:2', 'SV:1', 'SV:3', 'SV:C2'])
    expect(network.edges).toEqual([
      { from: 'GT:1', to: 'GT:C1', relation: 'ACCUSED' },
      { from: 'GT:1', to: 'SV:1', relation: 'SAME' },
      // The page of its participants does not reach the person, but the case names them.
      { from: 'GT:1', to: 'SV:C2', relation: '' },
      { from: 'HN:2', to: 'GT:C1', relation: 'ACCUSED' },
      { from: 'SV:3', to: 'SV:C2', relation: 'ACCUSED' },
    ])
    const other = buildNetwork([second, null, first])
    expect(other.edges).toEqual(network.edges)
    expect(new Set(other.nodes.keys())).toEqual(new Set(network.nodes.keys()))
  })

  it('keeps the name of a person whose name another country hides', () => {
    const hidden = {
      person: { ...named('HN:2'), ...nothing, names: null, sameAs: null, cases: null },
    }
    expect(buildNetwork([first, hidden]).nodes.get('HN:2')?.name).toBe('Name of HN:2')
  })
})

describe('numbers that persons share', () => {
  const telephone = { category: 'TELEPHONE', jurisdiction: 'GT', value: '+50215550107' }
  const plate = { category: 'VEHICLE_PLATE', jurisdiction: 'GT', value: 'C041AEI' }
  const withNumbers = (id: string, ...identifiers: readonly (typeof telephone)[]): PersonNetworkQuery => {
    const { person } = answer(id, {})
    return { person: person === null ? null : { ...person, identifiers } }
  }

  it('connect persons of two countries, and a document connects nobody', () => {
    const passport = { ...telephone, category: 'PASSPORT' }
    const answers = [
      withNumbers('GT:1', telephone, passport),
      // Another country may have the number under its own name.
      withNumbers('HN:1', { ...telephone, jurisdiction: 'HN' }, passport),
    ]
    const { nodes, edges } = buildNetwork(answers)
    expect([...nodes.values()].filter(({ kind }) => kind === 'number').map(({ name }) => name)).toEqual([
      telephone.value,
    ])
    expect(edges.map(({ from, relation }) => [from, relation])).toEqual([
      ['GT:1', 'HAS'],
      ['HN:1', 'HAS'],
    ])
  })

  it('are of two cars, if two countries issued one plate', () => {
    const { nodes } = buildNetwork([withNumbers('GT:1', plate), withNumbers('HN:1', { ...plate, jurisdiction: 'HN' })])
    expect([...nodes.values()].filter(({ kind }) => kind === 'number')).toHaveLength(2)
  })

  it('connect those whom a search by the number finds', () => {
    const found = [{ number: telephone, persons: [named('SV:9')] }]
    const network = buildNetwork([withNumbers('GT:1', telephone)], found)
    const path = findPath(network, 'GT:1', 'SV:9')
    expect(path).toHaveLength(3)
    expect(countSteps(network, path ?? [])).toBe(2)
  })
})

describe('two records of one person', () => {
  it('are no step apart, and a way through them is shorter than one with fewer nodes', () => {
    const edges = [
      ...[
        ['a', 'b'],
        ['b', 'c'],
      ].map(([from = '', to = '']) => ({ from, to, relation: 'X' })),
      ...[
        ['a', 'd'],
        ['d', 'e'],
        ['e', 'c'],
      ].map(([from = '', to = '']) => ({ from, to, relation: 'SAME' })),
    ]
    const nodes = new Map(
      ['a', 'b', 'c', 'd', 'e'].map((id) => [id, { id, kind: 'person', name: null, provenance: null } as const]),
    )
    const path = findPath({ nodes, edges }, 'a', 'c', 0)
    expect(path).toEqual(['a', 'd', 'e', 'c'])
    expect(countSteps({ edges }, path ?? [])).toBe(0)
  })
})

describe('findPath', () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f']
  const nodes = new Map(
    ids.map((id): [string, NetworkNode] => [id, { id, kind: 'person', name: null, provenance: null }]),
  )
  const pair = fc.tuple(fc.constantFrom(...ids), fc.constantFrom(...ids))

  /** The length of a shortest path by Floyd and Warshall. */
  function distance(edges: readonly NetworkEdge[], from: string, to: string): number {
    const far = new Map(ids.flatMap((a) => ids.map((b): [string, number] => [`${a}${b}`, a === b ? 0 : 99])))
    for (const edge of edges)
      for (const key of [edge.from + edge.to, edge.to + edge.from]) if (edge.from !== edge.to) far.set(key, 1)
    for (const via of ids)
      for (const a of ids)
        for (const b of ids) {
          const through = (far.get(a + via) ?? 99) + (far.get(via + b) ?? 99)
          if (through < (far.get(a + b) ?? 99)) far.set(a + b, through)
        }
    return far.get(from + to) ?? 99
  }

  it('finds a shortest path along edges, or none if there is none within the steps', () => {
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 8 }), pair, fc.nat({ max: 5 }), (pairs, [from, to], most) => {
        const edges = pairs.map(([a, b]) => ({ from: a, to: b, relation: 'X' }))
        const path = findPath({ nodes, edges }, from, to, most)
        const expected = distance(edges, from, to)
        if (expected > most) {
          expect(path).toBeNull()
          return
        }
        expect(path).toHaveLength(expected + 1)
        expect([path?.[0], path?.at(-1)]).toEqual([from, to])
        path?.slice(1).forEach((id, index) => {
          const before = path[index]
          expect(edges.some((edge) => [edge.from + edge.to, edge.to + edge.from].includes(`${before}${id}`))).toBe(true)
        })
      }),
    )
  })
})
