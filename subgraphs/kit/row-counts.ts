import { leaseRows, type RowLeases, type RowStore } from './row-leases.ts'
import type { Database } from './types.ts'

/** After how many statements the node deletes the counts of former days. */
const STATEMENTS_PER_SWEEP = 10_000

/** How many days the counts remain. They are needed on their own day only, and on another one if somebody sets the clock back. */
const KEPT_DAYS = 2

/** How often the node looks for callers whose rows it can give back, in milliseconds. */
const GIVE_BACK_MS = 500

/** Counts in a database. */
export interface DatabaseRowCounts extends Pick<RowLeases, 'read' | 'add'> {
  /** Gives back the rows that were taken in advance. Never rejects. The database must still be open. */
  close(): Promise<void>
}

/**
 * Creates counts in the country's own database, which all processes of the node share and which a restart does not change. The role that
 * reads rows for legs may neither read nor write them. The node takes rows of a busy caller in advance (row-leases.ts).
 * @param rowsPerDay returns the quota in force. Without it, no rows are taken in advance.
 */
export function createDatabaseRowCounts(db: Database, rowsPerDay: () => number = () => 0): DatabaseRowCounts {
  let timer: NodeJS.Timeout | undefined
  const giveBackLater = (): void => {
    clearTimeout(timer)
    timer = setTimeout(async () => {
      if (await leases.giveBackIdle()) giveBackLater()
    }, GIVE_BACK_MS).unref()
  }
  const nowMs = performance.now.bind(performance)
  const leases = leaseRows(createStore(db), { rowsPerDay, nowMs, onHeld: giveBackLater })
  return {
    read: leases.read,
    add: leases.add,
    close() {
      clearTimeout(timer)
      return leases.giveBackAll()
    },
  }
}

function createStore(db: Database): RowStore {
  let statements = 0
  return {
    async read(key, day) {
      const sql = 'select rows from istmo.row_count where caller = $1 and day = $2::date'
      const [row] = await db.query<{ rows: number }>(sql, [key, day])
      return Number(row?.rows ?? 0)
    },
    async add(key, day, rows) {
      statements += 1
      if (statements % STATEMENTS_PER_SWEEP === 0) {
        await db.query(`delete from istmo.row_count where day < $1::date - ${KEPT_DAYS}`, [day])
      }
      // Somebody may have deleted the count meanwhile, and nothing is below zero.
      const sql = `
        insert into istmo.row_count as stored (caller, day, rows) values ($1, $2::date, greatest(0, $3::bigint))
        on conflict (caller, day) do update set rows = greatest(0, stored.rows + $3::bigint)
        returning rows`
      const [row] = await db.query<{ rows: number }>(sql, [key, day, rows])
      return Number(row?.rows ?? rows)
    },
  }
}
