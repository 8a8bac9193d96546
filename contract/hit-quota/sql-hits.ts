import { randomBytes } from 'node:crypto'
import type { HitStore } from './hit-quota.ts'
import type { HitRow } from './hit-rows.ts'

/** Runs one statement. Parameters are `$1`, `$2` … */
type Query = (sql: string, params: readonly unknown[]) => Promise<readonly unknown[]>

/** The tables, with their schema if they have one. */
export interface HitTables {
  /** (caller, day, place, search, born, names), with the first three as its key. */
  readonly searches: string
  /** (day, secret), with the day as its key. */
  readonly secrets: string
}

/** The code of PostgreSQL for a key that is there already. */
const UNIQUE_VIOLATION = '23505'

/** The searches of a day in a PostgreSQL database, which several processes share. The primary key keeps two of them from one place. */
export function createSqlHits(query: Query, { searches, secrets }: HitTables): HitStore {
  return {
    async secretOf(day) {
      const made = randomBytes(32).toString('base64url')
      await query(`insert into ${secrets} (day, secret) values ($1::date, $2::text) on conflict do nothing`, [
        day,
        made,
      ])
      const [row] = (await query(`select secret from ${secrets} where day = $1::date`, [day])) as { secret: string }[]
      if (row === undefined) throw new Error('expected the secret of the day; it was deleted')
      return row.secret
    },
    async read(caller, day, from) {
      const sql = `select search, born, names from ${searches}
        where caller = $1::text and day = $2::date and place >= $3::int order by place`
      return (await query(sql, [caller, day, from])) as HitRow[]
    },
    async append(caller, day, from, rows) {
      const sql = `insert into ${searches} (caller, day, place, search, born, names)
        select $1::text, $2::date, r.place, r.search, r.born, r.names
        from jsonb_to_recordset($3::jsonb) as r(place int, search text, born text, names text[])`
      const placed = rows.map((row, at) => ({ place: from + at, ...row }))
      try {
        await query(sql, [caller, day, JSON.stringify(placed)])
        return true
      } catch (error) {
        if ((error as { readonly code?: unknown }).code === UNIQUE_VIOLATION) return false
        throw error
      }
    },
    async forget(day) {
      // Of two processes, the clock of one may be ahead: a day ends when the database's clock says so too.
      const ended = `day < least($1::date, (clock_timestamp() at time zone 'utc')::date)`
      await query(`delete from ${searches} where ${ended}`, [day])
      await query(`delete from ${secrets} where ${ended}`, [day])
    },
  }
}
