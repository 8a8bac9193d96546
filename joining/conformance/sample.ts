import { comparePlaces, encodeCursor } from '../../contract/cursor.ts'
import { DOMAINS } from '../../contract/domain.ts'
import { isRecordId, ownerOf } from '../../contract/record-id.ts'
import { CONNECTIONS, type Connection, connectionAt, RECORD_TYPES, type RecordType } from './catalog.ts'
import { asObject } from './leg.ts'
import {
  asArray,
  type Edge,
  idOf,
  type Node,
  type PageOptions,
  publishes,
  type ReadingWorld,
  readEntities,
  readPage,
} from './read.ts'

/** The country's records that the checks compare with: those at the begin of its lists. */

/** The rows of one list, each once, in the order of their places. */
export interface ListRows {
  readonly connection: Connection
  /** The id of the record that has the list; undefined for a root field. */
  readonly parent?: string | undefined
  readonly order: string
  readonly edges: readonly Edge[]
  /** Whether the list has no more rows than these. */
  readonly isComplete: boolean
}

/** What the checks found in the country. */
export interface Sample {
  readonly lists: readonly ListRows[]
  /** Records that lists show, by type. Those of a stub have only their ids. */
  readonly records: readonly { readonly type: RecordType; readonly nodes: readonly Node[] }[]
  /** Persons of this country whom a case names as a victim or a witness. */
  readonly protectedPersons: readonly string[]
}

const PAGE = 100
/** In how many times as many cases victims and witnesses are looked for. */
const MORE_CASES = 3

/**
 * Reads a list up to `limit` rows, and no further than the place `until`. Whether a page says that there are more is not read here: that has a check of
 * its own.
 */
export async function readRows(
  world: ReadingWorld,
  connection: Connection,
  options: Omit<PageOptions, 'first' | 'after'> & {
    readonly order: string
    readonly limit: number
    readonly until?: Edge['place']
  },
): Promise<Pick<ListRows, 'edges' | 'isComplete'>> {
  const { limit, until = null, ...rest } = options
  const byPlace = new Map<string, Edge>()
  let last: Edge['place'] = null
  for (;;) {
    const after = last === null ? null : encodeCursor({ ...last, order: rest.order })
    const { edges } = await readPage(world, connection, { ...rest, first: PAGE, after })
    const fresh = (edges ?? []).filter((edge) => edge.place !== null && !byPlace.has(nameEdge(edge)))
    for (const edge of fresh) byPlace.set(nameEdge(edge), edge)
    const sorted = sortByPlace([...byPlace.values()])
    const end: Edge['place'] = sorted.at(-1)?.place ?? null
    const isStuck: boolean = end === null || (last !== null && comparePlaces(end, last) <= 0)
    const isBeyond = until !== null && end !== null && comparePlaces(end, until) > 0
    if (fresh.length === 0 || isStuck || isBeyond) return { edges: sorted, isComplete: true }
    if (sorted.length >= limit) return { edges: sorted.slice(0, limit), isComplete: false }
    last = end
  }
}

/** Names the place of an edge. */
export const nameEdge = ({ place }: Edge): string => JSON.stringify([place?.key, place?.id])

/** Sorts edges by their places. */
export function sortByPlace(edges: readonly Edge[]): readonly Edge[] {
  return edges
    .filter(({ place }) => place !== null)
    .toSorted((a, b) => (a.place && b.place ? comparePlaces(a.place, b.place) : 0))
}

/**
 * Reads the sample: each list that the country publishes, and the records that its lists name.
 * @param limits `rows`: how many of a list; `tries`: from how many records the lists below them.
 */
export async function readSample(
  world: ReadingWorld,
  { rows: limit, tries }: { readonly rows: number; readonly tries: number },
): Promise<Sample> {
  const isServed = ({ domain, coordinate }: Connection): boolean =>
    world.schemas.has(domain) && publishes(world, coordinate)
  const served = CONNECTIONS.filter(isServed)
  const lists: ListRows[] = []
  const addLists = async (domain: Connection['domain'], parentType: string | null, parents: readonly string[]) => {
    for (const connection of served.filter((each) => each.domain === domain && each.parent === parentType)) {
      for (const parent of parentType === null ? [undefined] : parents.slice(0, tries)) {
        for (const order of connection.orders) {
          const rows = await readRows(world, connection, { order, limit, parent })
          lists.push({ connection, order, parent, ...rows })
        }
      }
    }
  }
  for (const domain of DOMAINS) await addLists(domain, null, [])
  const cases = idsIn(lists, 'Query.cases', (node) => [node])
  await addLists('cases', 'Case', cases)
  const persons = idsIn(lists, null, ({ person, subject }) => [person, subject])
  for (const domain of ['cases', 'persons'] as const) await addLists(domain, 'Person', persons)
  const ofRequests = idsIn(lists, 'Query.mlaRequests', (node) => [node.case, ...asArray(node.concerns)])
  await addLists('legal', 'Case', ofRequests)
  const isOwn = (id: string): boolean => ownerOf(id) === world.facts.country
  const instruments = idsIn(lists, null, ({ legalBasis }) => [legalBasis]).filter(isOwn)
  await addLists('legal', 'LegalInstrument', instruments)
  const read: Readonly<Record<string, readonly string[]>> = {
    Person: persons.filter(isOwn).slice(0, tries),
    LegalInstrument: instruments.slice(0, tries),
  }
  const records = []
  for (const type of RECORD_TYPES.filter(({ domain }) => world.schemas.has(domain))) {
    const named = type.name === 'Person' ? persons : cases
    const nodes = type.isStub ? named.map((id) => ({ id })) : await nodesOf(world, type, lists, read[type.name])
    records.push({ type, nodes })
  }
  const victims = connectionAt('Case.protectedParticipants')
  const isKnown = isServed(victims)
  const protectedPersons = isKnown ? await findProtected(world, victims, cases.slice(0, tries * MORE_CASES)) : []
  return { lists, records, protectedPersons: protectedPersons.filter(isOwn) }
}

/** Finds records of a type: in its list, or by the ids that other lists name. */
async function nodesOf(
  world: ReadingWorld,
  type: RecordType,
  lists: readonly ListRows[],
  ids: readonly string[] | undefined,
): Promise<readonly Node[]> {
  if (ids === undefined) {
    const isList = ({ connection, order }: ListRows): boolean =>
      connection.parent === null && connection.nodeType === type.name && order === connection.orders[0]
    return lists.filter(isList).flatMap(({ edges }) => edges.map(({ node }) => node))
  }
  const found: Node[] = []
  for (const id of ids) {
    const { entities } = await readEntities(world, type, [id])
    found.push(...(entities ?? []).map(asObject).filter((node) => idOf(node) !== null))
  }
  return found
}

/** The ids of records that the nodes of a list name; null: of each list. */
function idsIn(
  lists: readonly ListRows[],
  coordinate: string | null,
  named: (node: Node) => readonly unknown[],
): readonly string[] {
  const concerned = lists.filter(({ connection }) => coordinate === null || connection.coordinate === coordinate)
  return distinct(concerned.flatMap(({ edges }) => edges.flatMap(({ node }) => named(node).map(idOf))))
}

/** Finds persons whom a case names as a victim or a witness. */
async function findProtected(
  world: ReadingWorld,
  victims: Connection,
  cases: readonly string[],
): Promise<readonly string[]> {
  const found: (string | null)[] = []
  for (const parent of cases) {
    const { edges } = await readPage(world, victims, { first: PAGE, parent, as: world.callers.trusted })
    found.push(...(edges ?? []).map(({ node }) => idOf(node.person)))
  }
  return distinct(found)
}

function distinct(ids: readonly (string | null)[]): readonly string[] {
  return [...new Set(ids)].filter((id): id is string => isRecordId(id))
}
