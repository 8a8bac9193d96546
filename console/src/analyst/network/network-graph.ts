import type { PersonNetworkQuery } from '../../documents/operation-types.ts'
import type { NamedPerson } from '../../documents/types.ts'
import { nameOf } from '../person/name-of.ts'

/** A person or a case. */
export interface NetworkNode {
  readonly id: string
  readonly kind: 'person' | 'case'
  /** The name of a person; null for a case, or if the name is hidden. */
  readonly name: string | null
}

/** How two nodes are connected. */
export interface NetworkEdge {
  readonly from: string
  readonly to: string
  /** A role in a case, or `SAME` for two records of the same person. */
  readonly relation: string
}

/** A network. */
export interface Network {
  readonly nodes: ReadonlyMap<string, NetworkNode>
  readonly edges: readonly NetworkEdge[]
  /** The ids of records whose cases or persons were not all read. */
  readonly cut: ReadonlySet<string>
}

/** The most hops of a path: from a person to another of the same case, or to another record of the same person. */
export const MOST_HOPS = 4

/** Builds the network of what was answered. The order of the answers does not change it. */
export function buildNetwork(answers: readonly (PersonNetworkQuery | null)[]): Network {
  const nodes = new Map<string, NetworkNode>()
  const edges = new Map<string, NetworkEdge>()
  const cut = new Set<string>()
  const addPerson = ({ id, names }: NamedPerson): void => {
    const name = nameOf(names) ?? nodes.get(id)?.name ?? null
    nodes.set(id, { id, kind: 'person', name })
  }
  const connect = (edge: NetworkEdge): void => void edges.set(JSON.stringify(edge), edge)
  for (const person of answers.flatMap((answer) => answer?.person ?? [])) {
    addPerson(person)
    for (const other of person.sameAs ?? []) {
      addPerson(other)
      // Two records may say so of one another: it is one connection.
      const [from = '', to = ''] = [person.id, other.id].sort()
      connect({ from, to, relation: 'SAME' })
    }
    if (person.cases?.pageInfo.hasNextPage === true) cut.add(person.id)
    for (const { node: found } of person.cases?.edges ?? []) {
      nodes.set(found.id, { id: found.id, kind: 'case', name: null })
      if (found.participants?.pageInfo.hasNextPage === true) cut.add(found.id)
      for (const { node } of found.participants?.edges ?? []) {
        if (node.person === null) continue
        addPerson(node.person)
        connect({ from: node.person.id, to: found.id, relation: node.role })
      }
    }
    connectToCases(person, edges, connect)
  }
  return { nodes, edges: sortEdges([...edges.values()]), cut }
}

/** The case names the person whom one asked about, also if the page of its participants does not reach that far. */
function connectToCases(
  { id, cases }: NonNullable<PersonNetworkQuery['person']>,
  edges: ReadonlyMap<string, NetworkEdge>,
  connect: (edge: NetworkEdge) => void,
): void {
  const connected = new Set([...edges.values()].flatMap(({ from, to }) => (from === id ? [to] : [])))
  for (const { node } of cases?.edges ?? [])
    if (!connected.has(node.id)) connect({ from: id, to: node.id, relation: '' })
}

function sortEdges(edges: readonly NetworkEdge[]): readonly NetworkEdge[] {
  // A case that named somebody without a role, before its participants were read, names them with the role.
  const withRole = new Set(edges.filter(({ relation }) => relation !== '').map(({ from, to }) => `${from} ${to}`))
  const kept = edges.filter(({ from, to, relation }) => relation !== '' || !withRole.has(`${from} ${to}`))
  const key = ({ from, to, relation }: NetworkEdge): string => `${from} ${to} ${relation}`
  return kept.toSorted((left, right) => (key(left) < key(right) ? -1 : 1))
}

/**
 * Finds a shortest path between two nodes. Two persons of one case are one hop apart, which is two steps here.
 * @returns the ids on it, both ends included; null if there is none.
 */
export function findPath(
  { nodes, edges }: Pick<Network, 'nodes' | 'edges'>,
  from: string,
  to: string,
  mostSteps: number = MOST_HOPS * 2,
): readonly string[] | null {
  if (!nodes.has(from) || !nodes.has(to)) return null
  const neighbours = new Map<string, string[]>()
  for (const edge of edges) {
    neighbours.set(edge.from, [...(neighbours.get(edge.from) ?? []), edge.to])
    neighbours.set(edge.to, [...(neighbours.get(edge.to) ?? []), edge.from])
  }
  const before = new Map<string, string | null>([[from, null]])
  let reached = [from]
  for (let step = 0; step < mostSteps && !before.has(to) && reached.length > 0; step++) {
    const next: string[] = []
    for (const id of reached) {
      for (const other of neighbours.get(id) ?? []) {
        if (before.has(other)) continue
        before.set(other, id)
        next.push(other)
      }
    }
    reached = next
  }
  if (!before.has(to)) return null
  const path = [to]
  for (let at = before.get(to) ?? null; at !== null; at = before.get(at) ?? null) path.unshift(at)
  return path
}
