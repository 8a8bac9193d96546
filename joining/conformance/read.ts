import type { GraphQLSchema } from 'graphql'
import type { Place } from '../../contract/cursor.ts'
import type { Domain } from '../../contract/domain.ts'
import { type Connection, type RecordType, removeFields } from './catalog.ts'
import type { RulesFacts } from './identity.ts'
import { asObject, type Caller, type Callers, dataOf, errorsOf, type Leg, type Reply } from './leg.ts'

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

/** What `_entities` gave for each id, in their order. */
export interface Entities {
  readonly reply: Reply
  /** Null if the answer has no list. */
  readonly entities: readonly unknown[] | null
}

/** Asks for records by their ids. */
export async function readEntities(
  world: ReadingWorld,
  { name, domain, fields }: Pick<RecordType, 'name' | 'domain' | 'fields'>,
  ids: readonly string[],
  as: Caller = world.callers.reader,
): Promise<Entities> {
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
export function isAbsent(reply: Reply, value: unknown): boolean {
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
