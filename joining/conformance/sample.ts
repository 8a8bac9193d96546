import { comparePlaces, encodeCursor } from '../../contract/cursor.ts'
import { isRecordId, ownerOf } from '../../contract/record-id.ts'
import { CONNECTIONS, type Connection, PROTECTED_PARTICIPANTS, RECORD_TYPES, type RecordType } from './catalog.ts'
import { asObject, type Caller } from './leg.ts'
import {
  asArray,
  type Edge,
  idOf,
  type Node,
  publishes,
  type ReadingWorld,
  readEntities,
  readPage,
  representationOf,
} from './read.ts'

/** The country's records that the checks compare with: those at the begin of its lists. */

/** The rows of one list, each once, in the order of their places. */
export interface ListRows {
  readonly connection: Connection
  /** The id of the record that has the list; undefined for a root field. */
  readonly parent?: string
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

/** Reads a list up to `limit` rows. Whether a page says that there are more is not read here: that has a check of its own. */
export async function readRows(
  world: ReadingWorld,
  connection: Connection,
  options: {
    readonly order: string
    readonly limit: number
    readonly parent?: string
    readonly as?: Caller
    readonly filters?: Readonly<Record<string, unknown>>
    readonly node?: string
    /** Reads no further than this place. */
    readonly until?: Edge['place']
  },
): Promise<Pick<ListRows, 'edges' | 'isComplete'>> {
  const { order, limit, until, ...rest } = options
  const byPlace = new Map<string, Edge>()
  let last: Edge['place'] = null
  for (;;) {
    const after = last === null ? null : encodeCursor({ ...last, order })
    const { edges } = await readPage(world, connection, { ...rest, order, first: PAGE, after })
    const fresh = (edges ?? []).filter(({ place }) => place !== null && !byPlace.has(nameOf(place)))
    for (const edge of fresh) byPlace.set(nameOf(edge.place), edge)
    const sorted = sortByPlace([...byPlace.values()])
    const end: Edge['place'] = sorted.at(-1)?.place ?? null
    const isStuck: boolean = end === null || (last !== null && comparePlaces(end, last) <= 0)
    const isBeyond = until !== undefined && until !== null && end !== null && comparePlaces(end, until) > 0
    if (fresh.length === 0 || isStuck || isBeyond) return { edges: sorted, isComplete: true }
    if (sorted.length >= limit) return { edges: sorted.slice(0, limit), isComplete: false }
    last = end
  }
}

const nameOf = (place: Edge['place']): string => JSON.stringify([place?.key, place?.id])

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
  const addList = async (connection: Connection, parent?: string): Promise<void> => {
    for (const order of connection.orders) {
      const given = { order, limit, ...(parent !== undefined && { parent }) }
      lists.push({
        connection,
        order,
        ...(parent !== undefined && { parent }),
        ...(await readRows(world, connection, given)),
      })
    }
  }
  for (const connection of served.filter(({ parent }) => parent === null)) await addList(connection)
  const addBelow = async (parentType: string, domain: Connection['domain'], ids: readonly string[]): Promise<void> => {
    for (const connection of served.filter(({ parent, domain: own }) => parent === parentType && own === domain)) {
      for (const id of ids.slice(0, tries)) await addList(connection, id)
    }
  }
  const cases = idsIn(lists, 'Query.cases')
  await addBelow('Case', 'cases', cases)
  const named = personsIn(lists)
  for (const domain of ['cases', 'persons'] as const) await addBelow('Person', domain, named)
  await addBelow('Case', 'legal', casesOfRequests(lists))
  await addBelow('LegalInstrument', 'legal', instrumentsIn(lists, world.facts.country))
  const protectedPersons = isServed(PROTECTED_PARTICIPANTS)
    ? await findProtected(world, cases.slice(0, tries * MORE_CASES))
    : []
  return { lists, records: await readRecords(world, lists, { named, tries }), protectedPersons }
}

/** The persons whom lists name, and how many of them are read. */
interface Named {
  readonly named: readonly string[]
  readonly tries: number
}

async function readRecords(world: ReadingWorld, lists: readonly ListRows[], named: Named): Promise<Sample['records']> {
  const served = RECORD_TYPES.filter(({ domain }) => world.schemas.has(domain))
  const records = []
  for (const type of served) records.push({ type, nodes: await nodesOfType(world, type, lists, named) })
  return records
}

/** Finds records of a type: in lists, and persons through the cases that name them. */
async function nodesOfType(
  world: ReadingWorld,
  type: RecordType,
  lists: readonly ListRows[],
  { named, tries }: Named,
): Promise<readonly Node[]> {
  const { country } = world.facts
  if (type.isStub) {
    const ids = type.name === 'Person' ? named : idsIn(lists, 'Query.cases')
    return ids.map((id) => ({ id }))
  }
  if (type.name === 'Person') {
    const own = named.filter((id) => ownerOf(id) === country)
    return asNodes(await readOneByOne(world, type, own.slice(0, tries)))
  }
  if (type.name === 'LegalInstrument')
    return asNodes(await readOneByOne(world, type, instrumentsIn(lists, country).slice(0, tries)))
  const coordinate = {
    Case: 'Query.cases',
    Warrant: 'Query.warrants',
    Statute: 'Query.statutes',
    MutualLegalAssistanceRequest: 'Query.mlaRequests',
  }[type.name]
  return lists
    .filter(({ connection, order }) => connection.coordinate === coordinate && order === connection.orders[0])
    .flatMap(({ edges }) => edges.map(({ node }) => node))
}

async function readOneByOne(
  world: ReadingWorld,
  type: RecordType,
  ids: readonly string[],
): Promise<readonly unknown[]> {
  const found: unknown[] = []
  for (const id of ids) {
    const { entities } = await readEntities(world, type, [representationOf(type, id)])
    found.push(...(entities ?? []))
  }
  return found
}

const asNodes = (values: readonly unknown[]): readonly Node[] =>
  values.map(asObject).filter((node) => idOf(node) !== null)

function idsIn(lists: readonly ListRows[], coordinate: string): readonly string[] {
  return distinct(
    lists
      .filter(({ connection }) => connection.coordinate === coordinate)
      .flatMap(({ edges }) => edges.map(({ node }) => idOf(node))),
  )
}

/** The persons whom participants and warrants name. */
function personsIn(lists: readonly ListRows[]): readonly string[] {
  const nodes = lists.flatMap(({ edges }) => edges.map(({ node }) => node))
  return distinct(nodes.flatMap(({ person, subject }) => [idOf(person), idOf(subject)]))
}

function casesOfRequests(lists: readonly ListRows[]): readonly string[] {
  const requests = lists.filter(({ connection }) => connection.coordinate === 'Query.mlaRequests')
  const nodes = requests.flatMap(({ edges }) => edges.map(({ node }) => node))
  return distinct(nodes.flatMap((node) => [idOf(node.case), ...asArray(node.concerns).map(idOf)]))
}

function instrumentsIn(lists: readonly ListRows[], country: string): readonly string[] {
  const nodes = lists.flatMap(({ edges }) => edges.map(({ node }) => idOf(node.legalBasis)))
  return distinct(nodes).filter((id) => ownerOf(id) === country)
}

/** Finds persons whom a case names as a victim or a witness. */
async function findProtected(world: ReadingWorld, cases: readonly string[]): Promise<readonly string[]> {
  const found: (string | null)[] = []
  for (const parent of cases) {
    const options = { first: PAGE, parent, as: world.callers.trusted }
    const { edges } = await readPage(world, PROTECTED_PARTICIPANTS, options)
    found.push(...(edges ?? []).map(({ node }) => idOf(node.person)))
  }
  return distinct(found).filter((id) => ownerOf(id) === world.facts.country)
}

function distinct(ids: readonly (string | null)[]): readonly string[] {
  return [...new Set(ids)].filter((id): id is string => isRecordId(id))
}
