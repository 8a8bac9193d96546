import { type GraphQLNamedType, type GraphQLResolveInfo, getNamedType, isObjectType } from 'graphql'
import {
  CONNECTION_ORDERS,
  checkFirst,
  compareBytes,
  decodeCursor,
  encodeCursor,
  type Place,
} from '../../contract/cursor.ts'
import { IstmoError } from '../../contract/errors.ts'
import { mayAskFor } from './leg-memory.ts'
import { loadListsAhead } from './lists-ahead.ts'
import { allOf, compile, raw, type Sql, sql } from './sql.ts'
import type { KeptPlan, NodeContext, Reader } from './types.ts'

/**
 * Relay pages by key set: a connection's rows are in the total order (key, id) (docs/design/contract.md, Order and cursors). An offset
 * would shift when rows are added; a place does not. One statement reads the pages of one field under many parents.
 */

/** The arguments that select a page, as graphql-js coerced them. */
export interface PageArguments {
  readonly first?: number | null
  readonly after?: string | null
  readonly orderBy?: string | null
}

/** A requested page. `after` is exclusive, and null for the first page. */
export interface PageRequest {
  readonly first: number
  readonly after: Place | null
  /** The name of the connection's order, as cursors have it. */
  readonly order: string
}

/** Where a connection's rows are. */
export interface PageSource {
  /** The columns of the GraphQL node, named like the fields that they answer. Names that begin with `_` belong to the kit. */
  readonly select: Sql
  /** A table with its alias and its joins. It may name `p.parent`, the record that has the connection as a field. */
  readonly from: Sql
  /** Conditions; a row must meet each of them. They may name `p.parent`. */
  readonly where: readonly Sql[]
  /** Text of COLLATE "C" whose ascending order is the connection's order. If absent, the key of each row is the empty string. */
  readonly key?: Sql
  /** Text of COLLATE "C", unique in the connection. */
  readonly id: Sql
  /** `keep` if a plan for all values is as good as one for the values of a leg: for rows that are found by ids. Default: `anew`. */
  readonly plan?: KeptPlan
}

/** A Relay connection as the schema has it, without `outcomes`: the gateway fills that field in, and a node's is empty. */
export interface Connection<Row> {
  readonly edges: readonly { readonly cursor: string; readonly node: Row }[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
}

/** The call of a connection field: what graphql-js passed to its resolver. */
export interface ConnectionCall {
  readonly args: PageArguments
  readonly context: NodeContext
  readonly info: GraphQLResolveInfo
  /** The id of the record that has the connection as a field; absent for a root field. */
  readonly parent?: string
}

/**
 * Answers a connection field. One statement serves the calls of one field with the same arguments under many parents.
 * @param source returns where the rows are, for the requested order.
 * @param edge returns what the edge of a row has besides `cursor` and `node`.
 * @throws {IstmoError} `BAD_USER_INPUT` for `first`, `BAD_CURSOR` for `after`.
 */
export async function connection<Row extends object>(
  { args, context, info, parent = '' }: ConnectionCall,
  source: (order: string) => PageSource,
  edge?: (row: Row) => Readonly<Record<string, unknown>>,
): Promise<Connection<Row>> {
  const page = parsePage(args, info)
  const rows = await context
    .loader<string, PageRows<Row>>(`${coordinateOf(info)}(${JSON.stringify(args)})`, () => {
      const statement = source(page.order)
      return (parents) => loadPages<Row>(context.db, statement, page, parents, (field) => mayAskFor(context, field))
    })
    .load(parent)
  const answer = toConnection(page, rows, edge)
  await loadListsAhead(context, info, nodeTypeOf(info), ['edges', 'node'], idsOf(answer))
  return answer
}

/** Makes the resolver of a connection that a record has as a field. @param source as of {@link connection}. */
export function pageField<Args extends PageArguments>(
  source: (order: string, args: Args, context: NodeContext) => PageSource,
) {
  return ({ id }: { readonly id: string }, args: Args, context: NodeContext, info: GraphQLResolveInfo) =>
    connection<object>({ args, context, info, parent: id }, (order) => source(order, args, context))
}

/** The type of a connection's nodes. */
function nodeTypeOf({ returnType }: GraphQLResolveInfo): string {
  const edge = fieldTypeOf(getNamedType(returnType), 'edges')
  return (edge && fieldTypeOf(edge, 'node')?.name) ?? ''
}

function fieldTypeOf(type: GraphQLNamedType, name: string): GraphQLNamedType | undefined {
  const field = isObjectType(type) ? type.getFields()[name] : undefined
  return field && getNamedType(field.type)
}

function idsOf(answer: Connection<object>): readonly string[] {
  return answer.edges.flatMap(({ node }) => ('id' in node && typeof node.id === 'string' ? [node.id] : []))
}

/**
 * Reads the arguments of a page; null means the schema's default. The order is `orderBy`, else the connection's order in
 * contract/cursor.ts, else by id.
 * @throws {IstmoError} `BAD_USER_INPUT` if `first` is out of bounds; `BAD_CURSOR` if `after` is malformed, belongs to another order,
 * or has a fourth member. Only the gateway's cursors have that member: it sends a country the plain place in the country's rows.
 */
export function parsePage(args: PageArguments, info: GraphQLResolveInfo): PageRequest {
  const coordinate = coordinateOf(info)
  const orderBy = args.orderBy ?? defaultOf(info, 'orderBy')
  const order = typeof orderBy === 'string' ? orderBy : (CONNECTION_ORDERS[coordinate] ?? 'ID_ASC')
  const first = checkFirst(args.first ?? Number(defaultOf(info, 'first')), coordinate)
  if (args.after === null || args.after === undefined) return { first, after: null, order }
  const cursor = decodeCursor(args.after, order)
  if (cursor.silent) throw new IstmoError('BAD_CURSOR', 'expected the plain place of one country; came one of several')
  return { first, after: { key: cursor.key, id: cursor.id }, order }
}

function coordinateOf(info: GraphQLResolveInfo): string {
  return `${info.parentType.name}.${info.fieldName}`
}

function defaultOf(info: GraphQLResolveInfo, argument: string): unknown {
  const field = info.parentType.getFields()[info.fieldName]
  return field?.args.find(({ name }) => name === argument)?.defaultValue
}

/** A page's rows of one parent, in order; one more than `first` where there are more. */
export interface PageRows<Row> {
  readonly rows: readonly (Row & { readonly _key: string; readonly _id: string })[]
  /** Whether there is a row before the page or at its `after`. */
  readonly before: boolean
}

/**
 * Reads a page for each parent, in one statement. Element *i* belongs to parent *i*. All parents must be different.
 * @param asks returns whether a field may be asked for (sql.ts, columnsFor). Default: each field.
 */
export async function loadPages<Row>(
  db: Reader,
  source: PageSource,
  page: PageRequest,
  parents: readonly string[],
  asks?: (field: string) => boolean,
): Promise<readonly PageRows<Row>[]> {
  const { text, params } = compile(pagesStatement(source, page, parents), asks)
  type Found = Row & { _parent: string; _before: boolean; _key: string; _id: string | null }
  const byParent = Map.groupBy(await db.query<Found>(text, params, source.plan ?? 'anew'), (row) => row._parent)
  return parents.map((parent) => {
    const found = byParent.get(parent) ?? []
    return {
      // For a parent without rows, the statement returns one row in which each column is null.
      rows: found.filter((row): row is Found & { _id: string } => row._id !== null),
      before: found[0]?._before ?? false,
    }
  })
}

function pagesStatement(source: PageSource, { first, after }: PageRequest, parents: readonly string[]): Sql {
  const { select, from, where, id } = source
  const key = source.key ?? raw(`''`)
  const order = source.key ? sql`${key}, ${id}` : id
  const condition = allOf(where)
  const beyond = after === null ? raw('true') : isAfter(source, after)
  const before =
    after === null
      ? raw('false')
      : sql`exists (select from ${from} where ${condition} and not (${isAfter(source, after)}))`
  return sql`
    select p.parent as "_parent", b.found as "_before", r.*
    from unnest(${parents}::text[]) as p(parent)
    cross join lateral (select ${before} as found) b
    left join lateral (
      select ${key} as "_key", ${id} as "_id", ${select}
      from ${from} where ${condition} and ${beyond}
      order by ${order} limit ${first + 1}
    ) r on true
    order by r."_key", r."_id"`
}

// Without a key column this function compares the empty key itself, so that the statement can use the index on the id.
function isAfter({ key, id }: PageSource, place: Place): Sql {
  if (key) return sql`(${key}, ${id}) > (${place.key}::text, ${place.id}::text)`
  return compareBytes('', place.key) === 0 ? sql`${id} > ${place.id}::text` : raw('false')
}

function toConnection<Row extends object>(
  { first, order }: PageRequest,
  { rows, before }: PageRows<Row>,
  edge?: (row: Row) => Readonly<Record<string, unknown>>,
): Connection<Row> {
  const edges = rows.slice(0, first).map((row) => ({
    ...edge?.(row),
    cursor: encodeCursor({ order, key: row._key, id: row._id }),
    node: row,
  }))
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > first,
      hasPreviousPage: before,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  }
}
