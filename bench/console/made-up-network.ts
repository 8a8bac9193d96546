import type { Network, NetworkEdge, NetworkNode } from '../../console/src/analyst/network/network-graph.ts'

/** A generator of numbers from 0 to 1, the same at each run (Park and Miller, 1988). */
function createNumbers(): () => number {
  let state = 20_261_128
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/**
 * Makes up a connected network: seven persons for each three cases, each person in one to three of the cases before them.
 * @param size how many nodes it has.
 */
export function makeNetwork(size: number): Network {
  const next = createNumbers()
  const nodes: NetworkNode[] = [{ id: 'GT:C-0', kind: 'case', name: null, provenance: null }]
  const edges: NetworkEdge[] = []
  const cases = ['GT:C-0']
  const persons: string[] = []
  const pick = (from: readonly string[]): string => from[Math.floor(next() * from.length)] ?? ''
  while (nodes.length < size) {
    if (nodes.length % 10 < 7 || persons.length === 0) {
      const id = `GT:P-${nodes.length}`
      nodes.push({ id, kind: 'person', name: `Persona inventada ${nodes.length}`, provenance: null })
      const named = new Set(Array.from({ length: 1 + Math.floor(next() * 3) }, () => pick(cases)))
      edges.push(...[...named].map((to) => ({ from: id, to, relation: 'SUSPECT' })))
      persons.push(id)
    } else {
      const id = `GT:C-${nodes.length}`
      nodes.push({ id, kind: 'case', name: null, provenance: null })
      edges.push({ from: pick(persons), to: id, relation: 'ACCUSED' })
      cases.push(id)
    }
  }
  return { nodes: new Map(nodes.map((node) => [node.id, node])), edges, cut: new Set(), numbers: new Map() }
}
