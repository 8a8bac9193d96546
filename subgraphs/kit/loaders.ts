import DataLoader from 'dataloader'
import { ownerOf } from '../../contract/record-id.ts'
import { mayAskFor, memoryOfLeg } from './leg-memory.ts'
import { createRowBatch, type RowBatch } from './row-batch.ts'
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
export async function loadRecord<Row>(context: NodeContext, source: RowSource, id: string): Promise<Row | null> {
  if (ownerOf(id) !== context.country) return null
  const records = await loadRecords<Row>(context, source, [id])
  return records.get(id) ?? null
}

/** Loads the rows of records of this country, by their ids. A record that the leg does not see is null. */
export async function loadRecords<Row>(
  context: NodeContext,
  source: RowSource,
  ids: Iterable<string>,
): Promise<ReadonlyMap<string, Row | null>> {
  const batch = batchOf<Row | null>(context, source.name, (wanted) => rowsById<Row>(context, source, wanted))
  await batch.load(ids)
  return batch.known
}

function batchOf<Value>(
  context: NodeContext,
  name: string,
  read: (ids: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
): RowBatch<Value> {
  const { batches } = memoryOfLeg(context)
  const known = batches.get(name) as RowBatch<Value> | undefined
  if (known !== undefined) return known
  const made = createRowBatch(read)
  batches.set(name, made)
  return made
}

async function rowsById<Row>(context: NodeContext, { select, from, id }: RowSource, ids: readonly string[]) {
  const { text, params } = compile(
    sql`select ${id} as "_id", ${select} from ${from} where ${id} = any(${ids}::text[])`,
    (field) => mayAskFor(context, field),
  )
  const rows = await context.db.query<Row & { _id: string }>(text, params, 'keep')
  const byId = new Map<string, Row | null>(ids.map((wanted) => [wanted, null]))
  for (const row of rows) byId.set(row._id, row)
  return byId
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

/**
 * Loads the rows that belong to a record, in the source's order; empty if there are none. They come at once if {@link loadListsOf} has loaded them.
 * @throws what {@link loadListsOf} noted for the record.
 */
export function loadList<Row>(
  context: NodeContext,
  source: ListSource,
  parent: string,
): Promise<readonly Row[]> | readonly Row[] {
  const lists = listsOf<Row>(context, source)
  const known = lists.known.get(parent)
  if (known !== undefined) return known
  const failure = memoryOfLeg(context).failures.get(source.name)?.get(parent)
  if (failure !== undefined) throw failure
  return lists.load([parent]).then(() => lists.known.get(parent) ?? [])
}

/** Loads the lists of many records, for {@link loadList}. It never rejects: a list that cannot be loaded fails when it is asked for. */
export async function loadListsOf(context: NodeContext, source: ListSource, parents: readonly string[]): Promise<void> {
  try {
    await listsOf(context, source).load(parents)
  } catch (error) {
    const { failures } = memoryOfLeg(context)
    const failed = failures.get(source.name) ?? new Map<string, Error>()
    failures.set(source.name, failed)
    for (const parent of parents) failed.set(parent, asError(error))
  }
}

function listsOf<Row>(context: NodeContext, source: ListSource): RowBatch<readonly Row[]> {
  return batchOf(context, source.name, (parents) => rowsByParent<Row>(context.db, source, parents))
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
  const byParent = new Map<string, (Row & { _parent: string })[]>(parents.map((wanted) => [wanted, []]))
  for (const row of rows) byParent.get(row._parent)?.push(row)
  return byParent
}
