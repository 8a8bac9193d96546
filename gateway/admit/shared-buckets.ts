import type { HitStore } from '../../contract/hit-quota/hit-quota.ts'
import { createSqlHits } from '../../contract/hit-quota/sql-hits.ts'
import { intervalOf, type TakeToken } from './rate.ts'

/** After how many uses the gateway deletes the rows of full buckets. */
const USES_PER_SWEEP = 10_000

const CREATE = 'create table if not exists istmo_rate_limit (key text primary key, full_at double precision not null)'

/** Options of {@link createSharedBuckets}. */
export interface SharedBucketsOptions {
  /** An SQL expression for the time in seconds, as double precision. Tests set their own clock. */
  readonly clock?: string
}

/**
 * Creates buckets that several gateways share, in a table for them. Each use is one statement: PostgreSQL locks the key's row, so two
 * gateways never take the same token. Rejects if the database rejects.
 */
export async function createSharedBuckets(
  database: SharedDatabase,
  { clock = DATABASE_CLOCK }: SharedBucketsOptions = {},
): Promise<TakeToken> {
  const { query } = await openTables(database, [CREATE])
  const take = takeStatement(clock)
  let uses = 0
  return async (key, rate, tokens = 1) => {
    uses += 1
    if (uses % USES_PER_SWEEP === 0) await query(`delete from istmo_rate_limit where full_at < ${clock}`)
    const interval = intervalOf(rate)
    const { rows } = await query(take, [key, interval * tokens, interval * Math.max(rate.burst, tokens)])
    const [row] = rows as { wait: number | null }[]
    if (row?.wait === null) return { isTaken: true }
    return { isTaken: false, waitSeconds: row?.wait ?? interval }
  }
}

/** $1 is the key, $2 the seconds for the tokens, $3 the seconds for a full bucket, or for the tokens if they are more. Returns `wait`: null if it took a token. */
function takeStatement(clock: string): string {
  const next = `greatest(stored.full_at, ${clock}) + $2::double precision`
  const wait = `${next} - ${clock} - $3::double precision`
  return `
    with taken as (
      insert into istmo_rate_limit as stored (key, full_at) values ($1::text, ${clock} + $2::double precision)
      on conflict (key) do update set full_at = ${next} where ${wait} <= 1e-6
      returning key
    )
    select null::double precision as wait from taken
    union all
    select ${wait} from istmo_rate_limit as stored where key = $1::text and not exists (select from taken)`
}

/** The tables that several gateways share, in one PostgreSQL database. */

/** A PostgreSQL database. Both `pg` and PGlite have this interface. */
export interface SharedDatabase {
  query(sql: string, parameters?: unknown[]): Promise<{ readonly rows: unknown[] }>
}

/** Seconds since the epoch by the database's clock, which all gateways share. Not `now()`: that does not advance during a wait for a row. */
export const DATABASE_CLOCK = 'extract(epoch from clock_timestamp())::double precision'

/** The code of PostgreSQL for a table that is not there (`undefined_table`). */
const UNDEFINED_TABLE = '42P01'

/**
 * Creates the tables that are missing. Rejects if the database rejects.
 * @param creates statements `create table if not exists NAME …`.
 * @returns the database for statements on these tables: if one of them is gone, such as after a restore without it, it is created again.
 */
export async function openTables(database: SharedDatabase, creates: readonly string[]): Promise<SharedDatabase> {
  const ensureTables = async (): Promise<void> => {
    for (const create of creates) await ensureTable(database, create)
  }
  await ensureTables()
  return {
    async query(...asked) {
      try {
        return await database.query(...asked)
      } catch (error) {
        if ((error as { readonly code?: unknown }).code !== UNDEFINED_TABLE) throw error
        await ensureTables()
        return database.query(...asked)
      }
    },
  }
}

/** Creates a table. A role that may use the table but not create it, and a second gateway at the same moment, find that it exists. */
async function ensureTable(database: SharedDatabase, create: string): Promise<void> {
  const [, table = ''] = /if not exists (\w+)/.exec(create) ?? []
  try {
    await database.query(create)
  } catch (error) {
    await database.query(`select from ${table} limit 0`).catch(() => {
      throw error
    })
  }
}

// Hit searches that several gateways count together, in the PostgreSQL database in which they also count rates.

const TABLES = { searches: 'istmo_hit_search', secrets: 'istmo_hit_secret' }

const CREATE_SEARCHES = `create table if not exists ${TABLES.searches} (caller text, day date, place int, search text not null, born text,
  names text[] not null, primary key (caller, day, place))`

const CREATE_SECRETS = `create table if not exists ${TABLES.secrets} (day date primary key, secret text not null)`

/** Opens the searches of the day in tables for them. Rejects if the database rejects. */
export async function openSharedHits(database: SharedDatabase): Promise<HitStore> {
  const { query } = await openTables(database, [CREATE_SEARCHES, CREATE_SECRETS])
  return createSqlHits(async (sql, params) => (await query(sql, [...params])).rows, TABLES)
}
