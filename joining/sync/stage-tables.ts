import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { columnsOf, kindOf, RECORD_KINDS } from '../../contract/records/records.ts'
import { type Feed, type Mapping, NOW, type RecordPlan } from '../mapping/mapping.ts'
import type { Statements, SyncTarget } from './target.ts'

/** The schema of the staging tables. They belong to one run, and are dropped by the next one if it was killed. */
export const STAGING_SCHEMA = 'istmo_sync'

/** A kind of records that a mapping fills, as sync writes it. Names come from our own tables, never from a file. */
export interface FilledKind {
  readonly name: RecordKindName
  /** `cases.offence`. */
  readonly table: string
  /** `istmo_sync.cases_offence`. */
  readonly stage: string
  readonly key: readonly string[]
  /** All columns that are written, with those of the key. */
  readonly columns: readonly string[]
  /** Columns that say when the run was: a difference only in them changes nothing. */
  readonly stamps: readonly string[]
  readonly parent: { readonly kind: RecordKindName; readonly column: string } | null
  /** The column that counts the rows of a parent, and the one of the row's own id, if some plan leaves them to sync. */
  readonly counted: string | null
  readonly derived: string | null
  /** What fills it: each with the number of its feed, from 0. */
  readonly plans: readonly NumberedPlan[]
}

/** A plan with the number of its feed in the mapping. */
export interface NumberedPlan {
  readonly feed: number
  readonly plan: RecordPlan
}

/** Parents come before what hangs on them, and persons last: whether they are protected follows from their parts in cases. */
const WRITTEN_LAST = /^persons\b/

/** Lists the kinds that a mapping fills, in the order in which they are written. */
export function listFilledKinds({ feeds }: Pick<Mapping, 'feeds'>): readonly FilledKind[] {
  const ordered = RECORD_KINDS.toSorted((a, b) => Number(WRITTEN_LAST.test(a.name)) - Number(WRITTEN_LAST.test(b.name)))
  return ordered.flatMap(({ name }) => {
    const plans = feeds.flatMap((feed, at) => plansOf(feed, at, name))
    return plans.length === 0 ? [] : [toFilledKind(name, plans)]
  })
}

function plansOf({ records }: Feed, feed: number, name: RecordKindName): readonly NumberedPlan[] {
  return records.filter(({ kind }) => kind === name).map((plan) => ({ feed, plan }))
}

function toFilledKind(name: RecordKindName, plans: readonly NumberedPlan[]): FilledKind {
  const kind = kindOf(name)
  const { table, primaryKey, parent } = kind
  const columns = columnsOf(kind)
  const rules = plans.flatMap(({ plan }) => plan.columns)
  const isStamp = (column: string) =>
    rules.some((each) => each.column === column && each.rule.kind === 'constant' && each.rule.value === NOW)
  return {
    name,
    table,
    stage: stageOf(name),
    key: primaryKey,
    columns,
    stamps: columns.filter(isStamp),
    parent: parent === undefined ? null : { kind: parent.kind, column: parent.column },
    counted: plans.find(({ plan }) => plan.counted !== null)?.plan.counted ?? null,
    derived: plans.find(({ plan }) => plan.derived !== null)?.plan.derived ?? null,
    plans,
  }
}

/** The staging table of a kind. */
export function stageOf(kind: RecordKindName): string {
  return `${STAGING_SCHEMA}.${kindOf(kind).table.replace('.', '_')}`
}

/** Whether records of this kind have an id of their own, in contrast to what hangs on another record. */
export function isRecord({ parent }: Pick<FilledKind, 'parent'>): boolean {
  return parent === null
}

/** The columns that a staging table has besides those of its kind: where its row comes from. */
export const PLACE_COLUMNS = ['_feed', '_place', '_part'] as const

/**
 * Where rows that only the database can judge are noted as refused, and which records a run refused. What was refused when it was read has no reason
 * here; `is_own` says that it was for a column of the record itself, and not of what hangs on it.
 */
export const REFUSAL_TABLE = `${STAGING_SCHEMA}.refusal`

/** Drops what a run left behind, and makes the staging tables of this one. They are unlogged: they cost no log, and a crash empties them. */
export async function createStage(target: Statements, kinds: readonly FilledKind[]): Promise<void> {
  await dropStage(target)
  await target.execute(`create schema ${STAGING_SCHEMA}`)
  for (const { stage, table, columns } of kinds) {
    // Types and collations are those of the table, constraints are not: the rows are checked afterwards, so that each is refused with its reason.
    await target.execute(
      `create unlogged table ${stage} as
       select ${columns.join(', ')}, 0::int as _feed, 0::bigint as _place, 0::int as _part from ${table} limit 0`,
    )
  }
  await target.execute(
    `create unlogged table ${REFUSAL_TABLE} (kind text, id text collate "C", col text, value text, reason text, is_own boolean, feed int, place bigint)`,
  )
}

/** Whether a run that was killed left something behind. */
export async function findStage(target: Statements): Promise<boolean> {
  const [row] = await target.query<{ found: boolean }>('select to_regnamespace($1) is not null as found', [
    STAGING_SCHEMA,
  ])
  return row?.found === true
}

/** Drops the staging tables, and builds the indexes that a run which failed had dropped. */
export async function dropStage(target: Statements): Promise<void> {
  await buildDroppedIndexes(target)
  await target.execute(`set client_min_messages = warning; drop schema if exists ${STAGING_SCHEMA} cascade`)
}

/** Lets PostgreSQL know how many rows the staging tables have. Without it, it plans as if they were nearly empty. */
export async function analyzeStage(target: Statements, kinds: readonly FilledKind[]): Promise<void> {
  await target.execute(`analyze ${kinds.map(({ stage }) => stage).join(', ')}`)
}

/**
 * A first load of many rows builds some indexes behind its rows: the index of the keys of names takes longer row by row than everything else together.
 * The indexes are dropped before the transaction of the load begins, because who drops an index keeps all readers of its table out until the end. The
 * table is empty then, so nobody misses the index. Readers of the table do not wait while an index is built.
 */

/** From how many new rows on an empty table gets its indexes of lists after its rows. */
const LEAST_ROWS = 10_000

/** How long the drop of an index waits for readers, in milliseconds: whoever wants to read waits behind it. */
const DROP_PATIENCE_MS = 500

/** Where dropped indexes are noted until they are there again. It is not unlogged as the staging tables are: a crash must not empty it. */
const NOTE = `${STAGING_SCHEMA}.dropped_index`

/** The kinds whose indexes are dropped. */
const HEAVY: readonly string[] = ['persons.names']

/**
 * Drops the GIN indexes of tables that are empty and get many rows. If readers keep a table in use, its indexes stay, and the load takes longer.
 * {@link buildDroppedIndexes} must run in the transaction of the load, and after a load that failed.
 * @param least from how many rows on.
 */
export async function dropIndexes(
  target: Pick<SyncTarget, 'query' | 'transaction'>,
  kinds: readonly Pick<FilledKind, 'name' | 'table' | 'stage'>[],
  least = LEAST_ROWS,
): Promise<void> {
  for (const { name, table, stage } of kinds) {
    if (!HEAVY.includes(name)) continue
    const [row] = await target.query<{ is: boolean }>(
      `select not exists (select from ${table}) and (select count(*) from ${stage}) >= ${least} as is`,
    )
    if (row?.is === true) await dropOf(target, table)
  }
}

async function dropOf(target: Pick<SyncTarget, 'transaction'>, table: string): Promise<void> {
  try {
    await target.transaction(async (within) => {
      await within.execute(`set local lock_timeout = ${DROP_PATIENCE_MS}`)
      await within.execute(`create table if not exists ${NOTE} (name text not null, definition text not null)`)
      await within.write(
        `insert into ${NOTE} select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
         from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
         where i.indrelid = '${table}'::regclass and m.amname = 'gin'`,
      )
      for (const { name } of await within.query<{ name: string }>(`select name from ${NOTE}`))
        await within.execute(`drop index if exists ${name}`)
    })
  } catch (error) {
    if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error
  }
}

/** PostgreSQL’s `lock_not_available`. */
const LOCK_NOT_AVAILABLE = '55P03'

/** Builds the indexes that are noted as dropped. Does nothing if there are none. */
export async function buildDroppedIndexes(target: Statements): Promise<void> {
  const [found] = await target.query<{ is: boolean }>('select to_regclass($1) is not null as is', [NOTE])
  if (found?.is !== true) return
  const dropped = await target.query<{ definition: string }>(
    `select definition from ${NOTE} where to_regclass(name) is null`,
  )
  for (const { definition } of dropped) await target.execute(`set local maintenance_work_mem = '256MB'; ${definition}`)
  await target.write(`delete from ${NOTE}`)
}
