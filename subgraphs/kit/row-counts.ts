import type { RowCounts } from '../../contract/row-quota/row-quota.ts'
import type { Database } from './types.ts'

/** After how many uses the node deletes the counts of former days. */
const USES_PER_SWEEP = 10_000

/** How many days the counts remain. They are needed on their own day only, and on another one if somebody sets the clock back. */
const KEPT_DAYS = 2

/**
 * Creates counts in the country's own database, which all processes of the node share and which a restart does not change. The role that
 * reads rows for legs may neither read nor write them.
 */
export function createDatabaseRowCounts(db: Database): RowCounts {
  let uses = 0
  return {
    async read(key, day) {
      const sql = 'select rows from istmo.row_count where caller = $1 and day = $2::date'
      const [row] = await db.query<{ rows: number }>(sql, [key, day])
      return Number(row?.rows ?? 0)
    },
    add: addTogether(async (key, day, rows) => {
      uses += 1
      if (uses % USES_PER_SWEEP === 0) {
        await db.query(`delete from istmo.row_count where day < $1::date - ${KEPT_DAYS}`, [day])
      }
      const sql = `
        insert into istmo.row_count as stored (caller, day, rows) values ($1, $2::date, $3::bigint)
        on conflict (caller, day) do update set rows = stored.rows + excluded.rows
        returning rows`
      const [row] = await db.query<{ rows: number }>(sql, [key, day, rows])
      return Number(row?.rows ?? rows) - rows
    }),
  }
}

interface Waiting {
  readonly rows: number
  readonly resolve: (before: number) => void
  readonly reject: (error: unknown) => void
}

/**
 * Adds the rows of answers of one caller that wait for the same count in one statement: each would wait for the one before, with a connection of its own.
 * Each gets what was counted before its own rows, as if they were added one after the other.
 */
export function addTogether(add: RowCounts['add']): RowCounts['add'] {
  const byCount = new Map<string, Waiting[]>()
  const addAll = async (id: string, key: string, day: string): Promise<void> => {
    for (let batch = byCount.get(id) ?? []; batch.length > 0; batch = byCount.get(id) ?? []) {
      byCount.set(id, [])
      try {
        let before = await add(
          key,
          day,
          batch.reduce((sum, { rows }) => sum + rows, 0),
        )
        for (const { rows, resolve } of batch) {
          resolve(before)
          before += rows
        }
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    byCount.delete(id)
  }
  return (key, day, rows) =>
    new Promise((resolve, reject) => {
      const id = `${day} ${key}`
      const waiting = byCount.get(id)
      const one = { rows, resolve, reject }
      if (waiting !== undefined) {
        waiting.push(one)
        return
      }
      byCount.set(id, [one])
      void addAll(id, key, day)
    })
}
