import DataLoader from 'dataloader'
import { ownerOf } from '../../contract/record-id.ts'
import { mayAskFor } from './asked-fields.ts'
import { compile, type Sql, sql } from './sql.ts'
import type { NodeContext, Reader } from './types.ts'

/**
 * Reads rows in batches: one statement for each table, however many records a leg asks for. Loaders live as long as their leg, so
 * that no row passes from one leg to another.
 */

/** Makes the context's `loader`: one DataLoader for each key, cached for the leg. */
export function createLoaders(): NodeContext['loader'] {
  const loaders = new Map<string, DataLoader<unknown, unknown>>()
  return <K, V>(key: string, create: () => (keys: readonly K[]) => Promise<readonly V[]>) => {
    const cached = loaders.get(key) as DataLoader<K, V> | undefined
    if (cached) return cached
    const loader = new DataLoader<K, V>(create())
    loaders.set(key, loader as DataLoader<unknown, unknown>)
    return loader
  }
}

/** A source of rows that are found by their own id. */
export interface RowSource {
  /** Names the loader: unique in the process. */
  readonly name: string
  /** The row's columns, named as the fields that they answer. */
  readonly select: Sql
  /** A table with its alias, joins included. */
  readonly from: Sql
  readonly id: Sql
}

/** Loads the row of a record. Returns null if this country has no such row, and never looks for a record of another country. */
export function loadRecord<Row>(context: NodeContext, source: RowSource, id: string): Promise<Row | null> {
  if (ownerOf(id) !== context.country) return Promise.resolve(null)
  return context.loader<string, Row | null>(source.name, () => (ids) => rowsById<Row>(context, source, ids)).load(id)
}

async function rowsById<Row>(context: NodeContext, { select, from, id }: RowSource, ids: readonly string[]) {
  const { text, params } = compile(
    sql`select ${id} as "_id", ${select} from ${from} where ${id} = any(${ids}::text[])`,
    (field) => mayAskFor(context, field),
  )
  const rows = await context.db.query<Row & { _id: string }>(text, params, 'keep')
  const byId = new Map(rows.map((row) => [row._id, row]))
  return ids.map((wanted) => byId.get(wanted) ?? null)
}

/** A source of rows that are found by the record that they belong to. */
export interface ListSource {
  /** Names the loader: unique in the process. */
  readonly name: string
  readonly select: Sql
  readonly from: Sql
  /** The column that names the record. */
  readonly parent: Sql
  readonly orderBy: Sql
}

type Rows = readonly unknown[]

/** The lists of a leg that are there: by source, then by record. */
const listsOf = new WeakMap<NodeContext, Map<string, Map<string, Rows | Error>>>()

/**
 * Loads the rows that belong to a record, in the source's order; empty if there are none. They come at once if {@link loadListsOf} has loaded them.
 * @throws what {@link loadListsOf} noted for the record.
 */
export function loadList<Row>(
  context: NodeContext,
  source: ListSource,
  parent: string,
): Promise<readonly Row[]> | readonly Row[] {
  const loaded = listsOf.get(context)?.get(source.name)?.get(parent)
  if (loaded instanceof Error) throw loaded
  return (loaded as readonly Row[] | undefined) ?? listLoader<Row>(context, source).load(parent)
}

/** Loads the lists of many records, and keeps them for {@link loadList}. It never rejects: a list that cannot be loaded fails when it is asked for. */
export async function loadListsOf(context: NodeContext, source: ListSource, parents: readonly string[]): Promise<void> {
  const loader = listLoader(context, source)
  const lists = await Promise.all(parents.map((parent) => loader.load(parent).catch(asError)))
  const bySource = listsOf.get(context) ?? new Map<string, Map<string, Rows | Error>>()
  listsOf.set(context, bySource)
  const byParent = bySource.get(source.name) ?? new Map<string, Rows | Error>()
  bySource.set(source.name, byParent)
  for (const [at, parent] of parents.entries()) byParent.set(parent, lists[at] as Rows | Error)
}

function listLoader<Row>(context: NodeContext, source: ListSource) {
  return context.loader<string, readonly Row[]>(
    source.name,
    () => (parents) => rowsByParent<Row>(context.db, source, parents),
  )
}

/** Turns what was thrown into an error. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('Something that is not an Error was thrown.', { cause: error })
}

async function rowsByParent<Row>(db: Reader, source: ListSource, parents: readonly string[]) {
  const { select, from, parent, orderBy } = source
  const { text, params } = compile(
    sql`select ${parent} as "_parent", ${select} from ${from} where ${parent} = any(${parents}::text[]) order by ${orderBy}`,
  )
  const rows = await db.query<Row & { _parent: string }>(text, params, 'keep')
  const byParent = Map.groupBy(rows, (row) => row._parent)
  return parents.map((wanted) => byParent.get(wanted) ?? [])
}
