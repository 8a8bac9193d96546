import { buildDroppedIndexes } from './build-indexes.ts'
import { type FilledKind, STAGING_SCHEMA } from './kinds.ts'
import type { Statements } from './target.ts'

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
