import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { kindOf } from '../../contract/records/records.ts'
import { type DoubtId, listDoubts } from '../doubtful-values.ts'
import type { Mapping } from '../mapping/mapping.ts'
import type { FilledKind } from './kinds.ts'
import type { Statements } from './target.ts'

/** Staged rows with values that cannot be true of a person. They are taken: whoever reads the warning decides. */
export interface DoubtfulRows {
  readonly id: DoubtId
  /** `persons.identifier.value`. */
  readonly place: string
  readonly rows: number
  /** The ids of some of them. */
  readonly examples: readonly string[]
}

/** How many rows of each kind are named. */
const EXAMPLES = 5

/**
 * Finds doubtful values in what a run staged. An incremental run sees only what it read.
 * @param today a day in UTC, `YYYY-MM-DD`.
 */
export async function findDoubts(
  target: Pick<Statements, 'query'>,
  kinds: readonly FilledKind[],
  today: string,
): Promise<readonly DoubtfulRows[]> {
  const stage = (name: string): string | null => kinds.find((kind) => kind.name === name)?.stage ?? null
  const person = stage('persons')
  if (person === null) return []
  const tables = { person, name: stage('persons.names'), identifier: stage('persons.identifiers') }
  const found: DoubtfulRows[] = []
  for (const { id, place, table, names, condition } of listDoubts(tables, today)) {
    const [row] = await target.query<Pick<DoubtfulRows, 'rows' | 'examples'>>(
      `with doubted as materialized (select ${names} as name from ${table} where ${condition})
       select count(*)::int as rows, (select coalesce(jsonb_agg(name), '[]') from (select name from doubted order by 1 limit ${EXAMPLES}) as few) as examples
       from doubted`,
    )
    if (row !== undefined && row.rows > 0) found.push({ id, place, ...row })
  }
  return found
}

/**
 * Returns the time zone in which a run reads times that say none; null if the mapping reads no times, or if it has no zone, so that such times are
 * refused.
 */
export function findAssumedZone({ zone, feeds }: Pick<Mapping, 'zone' | 'feeds'>): string | null {
  const rules = feeds.flatMap(({ records }) => records).flatMap(({ columns }) => columns)
  return rules.some(({ type, rule }) => type.kind === 'moment' && rule.kind === 'read') ? zone : null
}

/** Rows of one kind that have a time which has not come yet. */
export interface FutureTimes {
  readonly kind: RecordKindName
  /** The key in the mapping: `recordedAt`. */
  readonly field: string
  readonly rows: number
  /** How many hours the latest of the times is ahead, rounded up. */
  readonly hours: number
}

/** How far a time may be ahead: the clocks of two machines differ a little. */
const MARGIN = '1 minute'

/**
 * Finds staged rows with times in the future, by the clock of the node's database. Most of such times were read in the wrong time zone, and no
 * constraint refuses them.
 */
export async function findFutureTimes(
  target: Pick<Statements, 'query'>,
  kinds: readonly FilledKind[],
): Promise<readonly FutureTimes[]> {
  const found: FutureTimes[] = []
  for (const { name, stage, columns } of kinds) {
    const moments = kindOf(name).fields.filter(({ type, column }) => type.kind === 'moment' && columns.includes(column))
    for (const { key, column } of moments) {
      const [row] = await target.query<{ rows: number; hours: number | null }>(
        `select count(*)::int as rows, ceil(extract(epoch from max(${column}) - now()) / 3600)::int as hours
         from ${stage} where ${column} > now() + interval '${MARGIN}'`,
      )
      if (row !== undefined && row.rows > 0)
        found.push({ kind: name, field: key, rows: row.rows, hours: row.hours ?? 0 })
    }
  }
  return found
}
