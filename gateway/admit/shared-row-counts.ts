/** Rows counted by several gateways together, in the PostgreSQL database in which they also count rates. */
import { createMemoryRowCounts, type RowCounts } from '../../contract/row-quota/row-quota.ts'
import { openTables, type SharedDatabase } from './shared-buckets.ts'

/** After how many uses the gateway deletes the counts of former days. */
const USES_PER_SWEEP = 10_000

/** How many days the counts remain, by the database's clock. They are needed on their own day only, and on another one if a clock is wrong. */
const KEPT_DAYS = 2

const CREATE =
  'create table if not exists istmo_row_count (key text, day date, rows bigint not null, primary key (key, day))'

/**
 * Creates counts that several gateways share, in a table for them. To add is one statement: PostgreSQL locks the key's row, so two gateways
 * never count from the same number. Rejects if the database rejects.
 */
export async function createSharedRowCounts(database: SharedDatabase): Promise<RowCounts> {
  const { query } = await openTables(database, [CREATE])
  let uses = 0
  return {
    async read(key, day) {
      const sql = 'select rows::double precision as rows from istmo_row_count where key = $1::text and day = $2::date'
      const [row] = (await query(sql, [key, day])).rows as { rows: number }[]
      return row?.rows ?? 0
    },
    async add(key, day, rows) {
      uses += 1
      if (uses % USES_PER_SWEEP === 0) {
        await query(
          `delete from istmo_row_count where day < (clock_timestamp() at time zone 'utc')::date - ${KEPT_DAYS}`,
        )
      }
      const sql = `
        insert into istmo_row_count as stored (key, day, rows) values ($1::text, $2::date, $3::bigint)
        on conflict (key, day) do update set rows = stored.rows + excluded.rows
        returning rows::double precision as rows`
      const [row] = (await query(sql, [key, day, rows])).rows as { rows: number }[]
      return (row?.rows ?? rows) - rows
    },
  }
}

/**
 * Counts in the shared database, and in memory while it fails: a database that is down does not remove the quota. The memory has all rows
 * that this gateway counted today, so that it does not begin at nothing.
 * @param onFailure called for each failure of `shared`.
 */
export function createFallbackRowCounts(shared: RowCounts, onFailure: (error: unknown) => void): RowCounts {
  const own = createMemoryRowCounts()
  const orOwn = async (work: number | Promise<number>, counted: number): Promise<number> => {
    try {
      return Math.max(await work, counted)
    } catch (error) {
      onFailure(error)
      return counted
    }
  }
  return {
    read: (key, day) => orOwn(shared.read(key, day), own.read(key, day)),
    add: (key, day, rows) => orOwn(shared.add(key, day, rows), own.add(key, day, rows)),
  }
}
