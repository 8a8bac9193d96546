import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { kindOf } from '../../contract/records/records.ts'
import type { Mapping } from '../mapping/mapping.ts'
import type { FilledKind } from './kinds.ts'
import type { Statements } from './target.ts'

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
