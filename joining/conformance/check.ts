import type { GraphQLSchema } from 'graphql'
import { comparePlaces, encodeCursor, type Place } from '../../contract/cursor.ts'
import { DOMAINS, type Domain } from '../../contract/domain.ts'
import { isRecordId, ownerOf } from '../../contract/record-id.ts'
import { CONNECTIONS, type Connection, connectionAt, RECORD_TYPES, type RecordType, removeFields } from './catalog.ts'
import type { RulesFacts } from './identity.ts'
import {
  type Ask,
  asObject,
  type Caller,
  type Callers,
  codesOf,
  dataOf,
  errorsOf,
  isRefused,
  type Leg,
  type Reply,
} from './leg.ts'

/** Reads records and pages as a gateway asks for them. */

/** A record as an answer has it. */
export type Node = Readonly<Record<string, unknown>>

/** An edge, with the place that its cursor names; null if the cursor is not one. */
export interface Edge {
  readonly cursor: unknown
  readonly place: (Place & { readonly order: string }) | null
  readonly node: Node
}

/** A page. `edges` is null if the answer has none, because it was refused or has another form. */
export interface Page {
  readonly reply: Reply
  readonly edges: readonly Edge[] | null
  readonly info: Readonly<Record<string, unknown>>
}

/** What is asked of a connection. What is undefined is not given. */
export interface PageOptions {
  readonly order?: string | undefined
  readonly first?: number | null | undefined
  readonly after?: string | null | undefined
  /** The arguments that filter, by name. */
  readonly filters?: Readonly<Record<string, unknown>> | undefined
  /** The id of the record that has the connection. */
  readonly parent?: string | undefined
  readonly as?: Caller | undefined
  /** The selection of a node, in place of the usual one. */
  readonly node?: string | undefined
}

/** What reading works with. */
export interface ReadingWorld {
  readonly facts: RulesFacts
  /** Sends a leg, as the reader unless it says as whom. */
  readonly ask: (leg: Omit<Leg, 'as'> & Partial<Pick<Leg, 'as'>>) => Promise<Reply>
  readonly callers: Callers
  /** The contract's schema of each domain that is served. */
  readonly schemas: ReadonlyMap<Domain, GraphQLSchema>
}

/** Whether the country publishes a coordinate. */
export function publishes({ facts, schemas }: Pick<ReadingWorld, 'facts' | 'schemas'>, coordinate: string): boolean {
  const isServed = [...schemas.values()].some((schema) => {
    const [typeName = '', fieldName = ''] = coordinate.split('.')
    const type = schema.getType(typeName)
    return type !== undefined && 'getFields' in type && Object.hasOwn(type.getFields(), fieldName)
  })
  return isServed && !facts.notPublished.includes(coordinate)
}

/** Reads one page. */
export async function readPage(world: ReadingWorld, connection: Connection, options: PageOptions): Promise<Page> {
  const { query, variables } = pageRequest(world, connection, options)
  const { as = world.callers.reader } = options
  return toPage(await world.ask({ domain: connection.domain, query, variables, as }), connection)
}

/** Writes the request of one page. */
export function pageRequest(world: ReadingWorld, connection: Connection, options: PageOptions) {
  const { field, parent, args, domain } = connection
  const { order, first, after, filters, node = connection.node } = options
  const countries = 'countries' in args ? [world.facts.country] : undefined
  const given = Object.entries({ countries, ...filters, first, after }).filter(([, value]) => value !== undefined)
  const fixed = 'orderBy' in args && order !== undefined ? [`orderBy: ${order}`] : []
  const inside = [...given.map(([name]) => `${name}: $${name}`), ...fixed].join(', ')
  const list = `page: ${field}${inside && `(${inside})`} { edges { cursor node { ${node} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`
  const declared = [
    ...given.map(([name]) => `$${name}: ${args[name]}`),
    ...(parent === null ? [] : ['$representations: [_Any!]!']),
  ].join(', ')
  const body = parent === null ? list : `_entities(representations: $representations) { ... on ${parent} { ${list} } }`
  const query = publishedPart(world, domain, `query${declared && ` (${declared})`} { ${body} }`)
  const representations = [{ __typename: parent, id: options.parent }]
  return { query, variables: { ...Object.fromEntries(given), ...(parent !== null && { representations }) } }
}

function publishedPart({ schemas, facts }: ReadingWorld, domain: Domain, query: string): string {
  const schema = schemas.get(domain)
  return schema === undefined ? query : removeFields(schema, query, facts.notPublished)
}

function toPage(reply: Reply, { parent }: Connection): Page {
  const data = dataOf(reply)
  const holder = parent === null ? data : asArray(data?._entities)[0]
  const { edges, pageInfo } = asObject(asObject(holder).page)
  return { reply, edges: Array.isArray(edges) ? edges.map(toEdge) : null, info: asObject(pageInfo) }
}

function toEdge(edge: unknown): Edge {
  const { cursor, node } = asObject(edge)
  return { cursor, place: placeIn(cursor), node: asObject(node) }
}

/**
 * Reads the place that a cursor names, also if the cursor does not have the exact form: that has a check of its own, and the others can still compare
 * places.
 */
function placeIn(cursor: unknown): Edge['place'] {
  if (typeof cursor !== 'string') return null
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (!Array.isArray(parts)) return null
    const [order, key, id] = parts as unknown[]
    return typeof order === 'string' && typeof key === 'string' && typeof id === 'string' ? { order, key, id } : null
  } catch {
    return null
  }
}

/** Asks for records by their ids. @returns what `_entities` gave for each, in their order; null if the answer has no list. */
export async function readEntities(
  world: ReadingWorld,
  { name, domain, fields }: Pick<RecordType, 'name' | 'domain' | 'fields'>,
  ids: readonly string[],
  as: Caller = world.callers.reader,
) {
  const text = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${name} { ${fields} } } }`
  const query = publishedPart(world, domain, text)
  const representations = ids.map((id) => ({ __typename: name, id }))
  const reply = await world.ask({ domain, query, variables: { representations }, as })
  const list = dataOf(reply)?._entities
  return { reply, entities: Array.isArray(list) ? list : null }
}

/** Asks for one record by the root field of its type. `value` is undefined if the answer has no data. */
export async function readById(
  world: ReadingWorld,
  { domain, root, fields }: RecordType,
  id: string,
  as: Caller = world.callers.reader,
): Promise<{ readonly reply: Reply; readonly value: unknown }> {
  const query = publishedPart(world, domain, `query ($id: ID!) { record: ${root}(id: $id) { ${fields} } }`)
  const reply = await world.ask({ domain, query, variables: { id }, as })
  return { reply, value: dataOf(reply)?.record }
}

/** Whether a record is absent from an answer as it must be: null, and no error. */
function isAbsent(reply: Reply, value: unknown): boolean {
  return value === null && errorsOf(reply).length === 0
}

/** Returns the list itself, or an empty one for another value. */
export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Returns the id of a record; null if it has none. */
export function idOf(node: unknown): string | null {
  const { id } = asObject(node)
  return typeof id === 'string' ? id : null
}

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

/** What a report shows of a value: itself, or of an answer its status and codes. */
export type Shown = string | number | Reply

/** Values for the holes of a text. */
export type Holes = Readonly<Record<string, string | number>>

/** One thing that a check tried. It holds nothing of a record but ids. */
export interface Tried {
  readonly isGood: boolean
  /** Where: a field, a filter, the kind of a token. */
  readonly place: string
  /** What is right, where each language writes it in the same way. Absent: the check's text `expected` in words.en.yaml. */
  readonly expected?: Shown | undefined
  /** What came. Absent: the check's text `came`. */
  readonly came?: Shown | undefined
  /** What these texts need. */
  readonly holes?: Holes
}

/** What the checks work with. */
export interface World extends ReadingWorld {
  /** The country's records, or the newest of them. */
  readonly sample: Sample
  /** The verifier key of the node's audit log; null if it has none. */
  readonly vkey: string | null
  /** How many records of a type, and lists below records, a check tries at most. */
  readonly tries: number
  /** How many legs are sent at the same time in the check of many callers. */
  readonly concurrency: number
  /** How long a leg may take, in milliseconds. */
  readonly deadlineMs: number
  /** Ids of records that the reader must not see, as the country says (`--hidden`). */
  readonly hidden: readonly string[]
  /** Asks the service behind the node without a task force; null if the checks do not know it. */
  readonly askService: Ask | null
}

/** One check. */
export interface Check {
  /** `part.name`, under which its words stand in words.en.yaml. It does not change between versions, so that scripts can name it. */
  readonly id: `${string}.${string}`
  /** The domain that it is about; a country that does not serve it is not checked for it. Absent: each domain. */
  readonly domain?: Domain
  /** The use of leg tokens that it is about; a country whose file says the other is not checked for it. */
  readonly legTokens?: RulesFacts['legTokens']
  /** Whether a node answers it and not the service behind it: it needs no records. */
  readonly isOfNode?: true
  /** What its words need. */
  readonly holes?: Holes
  /** Tries the check. If the country's records have nothing to try it with, it gives nothing, and its text `missing` says what they lack. */
  readonly run: (world: World) => AsyncIterable<Tried> | Iterable<Tried>
}

/** Returns what makes checks of one part of the report, by their names. `common`: what they have in common. */
export function makeChecks(part: string, common: Omit<Check, 'id' | 'run'> = {}) {
  return (checks: Readonly<Record<string, Check['run']>>): readonly Check[] =>
    Object.entries(checks).map(([name, run]) => ({ ...common, id: `${part}.${name}`, run }))
}

/** Makes a function that works once for each object, and then gives the same again: several checks compare with it. */
export function once<Key extends object, Value>(work: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>()
  return (key) => {
    if (!known.has(key)) known.set(key, work(key))
    return known.get(key) as Value
  }
}

/** Judges whether a record is absent from an answer as it must be: null, and no error. */
export function judgeAbsent(place: string, reply: Reply, value: unknown): Tried {
  return { isGood: isAbsent(reply, value), place, expected: 'null', came: reply }
}

/** Judges whether a leg was refused as a whole, with this status and no code but this one. */
export function judgeRefusal(place: string, reply: Reply, status: number, code: string): Tried {
  const isGood = reply.status === status && isRefused(reply) && codesOf(reply).every((each) => each === code)
  return { isGood, place, expected: `HTTP ${status}, ${code}`, came: reply }
}
