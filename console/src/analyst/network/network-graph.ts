import type { PersonNetworkQuery } from '../../documents/operation-types.ts'
import type { NamedPerson, Provenance } from '../../documents/types.ts'
import { isShared } from '../identifier-categories.ts'
import { nameOf } from '../person/name-of.ts'

/** A person, a case, or a number that several persons may share: a telephone, a car, an account. */
export interface NetworkNode {
  /** The id of a record; of a number what `nameNumber` makes of it. */
  readonly id: string
  readonly kind: 'person' | 'case' | 'number'
  /** The name of a person, or the number itself; null for a case, or if the name is hidden. */
  readonly name: string | null
  /** How the record may be used; null if that is hidden, or nobody has asked for the record itself. */
  readonly provenance: Provenance | null
  /** What else the answer says of a record: nothing if nobody has asked for the record itself. */
  readonly facts?: NodeFacts
}

/** What the panel and the picture say of a record beside its name. Null: the country hides it, or does not know it. */
export interface NodeFacts {
  readonly birthDate?: string | null
  readonly nationalities?: readonly string[] | null
  readonly status?: string | null
  readonly filedOn?: string | null
  /** The offences of a case, as its country calls them. */
  readonly offences?: readonly string[] | null
  /** How many persons of a case are hidden. */
  readonly hidden?: number
}

/** A number by which persons are sought. */
export type SharedNumber = NonNullable<NonNullable<PersonNetworkQuery['person']>['identifiers']>[number]

/** The persons who have a number. */
export interface FoundByNumber {
  readonly number: SharedNumber
  readonly persons: readonly NamedPerson[]
}

/** How two nodes are connected. */
export interface NetworkEdge {
  readonly from: string
  readonly to: string
  /** A role in a case, `SAME` for two records of the same person, or `HAS` for a person's number. */
  readonly relation: string
}

/** A network. */
export interface Network {
  readonly nodes: ReadonlyMap<string, NetworkNode>
  readonly edges: readonly NetworkEdge[]
  /** The ids of records whose cases or persons were not all read. */
  readonly cut: ReadonlySet<string>
  /** The numbers, by the id of their node. */
  readonly numbers: ReadonlyMap<string, SharedNumber>
}

/** The most hops of a path: from a person to another of the same case, or to another record of the same person. */
export const MOST_HOPS = 4

/** Builds the network of what was answered. The order of the answers does not change it. */
export function buildNetwork(
  answers: readonly (PersonNetworkQuery | null)[],
  found: readonly FoundByNumber[] = [],
): Network {
  const nodes = new Map<string, NetworkNode>()
  const edges = new Map<string, NetworkEdge>()
  const cut = new Set<string>()
  const numbers = new Map<string, SharedNumber>()
  const addPerson = ({ id, names }: NamedPerson, own: Partial<NetworkNode> = {}): void => {
    const known = nodes.get(id)
    const name = nameOf(names) ?? known?.name ?? null
    const provenance = own.provenance ?? known?.provenance ?? null
    const facts = own.facts ?? known?.facts
    nodes.set(id, { id, kind: 'person', name, provenance, ...(facts !== undefined && { facts }) })
  }
  const connectNumber = (person: string, number: SharedNumber): void => {
    const id = nameNumber(number)
    numbers.set(id, number)
    nodes.set(id, { id, kind: 'number', name: number.value, provenance: null })
    connect({ from: person, to: id, relation: 'HAS' })
  }
  const connect = (edge: NetworkEdge): void => void edges.set(JSON.stringify(edge), edge)
  for (const person of answers.flatMap((answer) => answer?.person ?? [])) {
    const { provenance, birthDate, nationalities } = person
    addPerson(person, { provenance, facts: { birthDate, nationalities } })
    for (const number of person.identifiers ?? []) if (isShared(number.category)) connectNumber(person.id, number)
    for (const other of person.sameAs ?? []) {
      addPerson(other)
      // Two records may say so of one another: it is one connection.
      const [from = '', to = ''] = [person.id, other.id].sort()
      connect({ from, to, relation: 'SAME' })
    }
    if (person.cases?.pageInfo.hasNextPage === true) cut.add(person.id)
    for (const { node: found } of person.cases?.edges ?? []) {
      nodes.set(found.id, toCaseNode(found))
      if (found.participants?.pageInfo.hasNextPage === true) cut.add(found.id)
      for (const { node } of found.participants?.edges ?? []) {
        if (node.person === null) continue
        addPerson(node.person)
        connect({ from: node.person.id, to: found.id, relation: node.role })
      }
    }
    connectToCases(person, edges, connect)
  }
  for (const { number, persons } of found) {
    for (const person of persons) {
      addPerson(person)
      connectNumber(person.id, number)
    }
  }
  return { nodes, edges: sortEdges([...edges.values()]), cut, numbers }
}

type AnsweredCase = NonNullable<NonNullable<PersonNetworkQuery['person']>['cases']>['edges'][number]['node']

function toCaseNode({ id, provenance, status, filedOn, offences, participants }: AnsweredCase): NetworkNode {
  const hidden = participants?.edges.filter(({ node }) => node.person === null).length ?? 0
  const named = offences?.map(({ nationalLabel, iccs }) => nationalLabel || iccs) ?? null
  const facts = { status, filedOn, hidden, offences: named && [...new Set(named)] }
  return { id, kind: 'case', name: null, provenance, facts }
}

/** Names a number among the nodes. A telephone is the same in each country, a plate is not (`contract/identifiers.ts`). */
function nameNumber({ category, jurisdiction, value }: SharedNumber): string {
  const isIssued = category === 'VEHICLE_PLATE' || category === 'BANK_ACCOUNT'
  return [category, ...(isIssued ? [jurisdiction] : []), value].join(' ')
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
 * Finds a shortest path between two nodes. Two persons of one case are one hop apart, which is two steps here; from one record of a person to another one counts as none.
 * @returns the ids on it, both ends included; null if there is none.
 */
export function findPath(
  { nodes, edges }: Pick<Network, 'nodes' | 'edges'>,
  from: string,
  to: string,
  mostSteps: number = MOST_HOPS * 2,
): readonly string[] | null {
  if (!nodes.has(from) || !nodes.has(to)) return null
  const [same, others] = [connectNodes(edges.filter(isSame)), connectNodes(edges.filter((edge) => !isSame(edge)))]
  const before = new Map<string, string | null>([[from, null]])
  const reach = (id: string, neighbours: ReadonlyMap<string, readonly string[]>, into: string[]): void => {
    for (const other of neighbours.get(id) ?? []) {
      if (before.has(other)) continue
      before.set(other, id)
      into.push(other)
    }
  }
  let reached = [from]
  for (let step = 0; reached.length > 0; step++) {
    // A list is walked in the order in which it grows, also while it grows.
    for (const id of reached) reach(id, same, reached)
    if (before.has(to) || step === mostSteps) break
    const next: string[] = []
    for (const id of reached) reach(id, others, next)
    reached = next
  }
  if (!before.has(to)) return null
  const path = [to]
  for (let at = before.get(to) ?? null; at !== null; at = before.get(at) ?? null) path.unshift(at)
  return path
}

/** Counts the steps of a path. From one record of a person to another one is none. */
export function countSteps({ edges }: Pick<Network, 'edges'>, path: readonly string[]): number {
  const same = connectNodes(edges.filter(isSame))
  return path.slice(1).filter((id, at) => !same.get(path[at] ?? '')?.includes(id)).length
}

/** Names an edge among the edges. */
export function idOfEdge({ from, to, relation }: NetworkEdge): string {
  return `${from} ${to} ${relation}`
}

function isSame({ relation }: NetworkEdge): boolean {
  return relation === 'SAME'
}

/** Lists the neighbours of each node. */
export function connectNodes(edges: readonly NetworkEdge[]): ReadonlyMap<string, readonly string[]> {
  const neighbours = new Map<string, string[]>()
  const connect = (from: string, to: string): void => {
    const known = neighbours.get(from)
    if (known === undefined) neighbours.set(from, [to])
    else known.push(to)
  }
  for (const { from, to } of edges) {
    connect(from, to)
    connect(to, from)
  }
  return neighbours
}
