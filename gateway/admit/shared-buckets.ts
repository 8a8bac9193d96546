import { intervalOf, type TakeToken } from './rate.ts'

/** A PostgreSQL database. Both `pg` and PGlite have this interface. */
export interface SharedDatabase {
  query(sql: string, parameters?: unknown[]): Promise<{ readonly rows: unknown[] }>
}

/** After how many uses the gateway deletes the rows of full buckets. */
const USES_PER_SWEEP = 10_000

const CREATE = 'create table if not exists istmo_rate_limit (key text primary key, full_at double precision not null)'

/** Seconds since the epoch by the database's clock, which all gateways share. Not `now()`: that does not advance during a wait for a row. */
const DATABASE_CLOCK = 'extract(epoch from clock_timestamp())::double precision'

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
  await ensureTable(database)
  const take = takeStatement(clock)
  let uses = 0
  return async (key, rate, tokens = 1) => {
    uses += 1
    if (uses % USES_PER_SWEEP === 0) await database.query(`delete from istmo_rate_limit where full_at < ${clock}`)
    const interval = intervalOf(rate)
    const { rows } = await database.query(take, [key, interval * tokens, interval * Math.max(rate.burst, tokens)])
    const [row] = rows as { wait: number | null }[]
    if (row?.wait === null) return { isTaken: true }
    return { isTaken: false, waitSeconds: row?.wait ?? interval }
  }
}

/**
 * Creates the table if it is missing. The statement fails for one of two gateways that start at once, and for a role that may use the
 * table but not create it. In both cases the table exists, which the second query checks.
 */
async function ensureTable(database: SharedDatabase): Promise<void> {
  try {
    await database.query(CREATE)
  } catch (error) {
    await database.query('select from istmo_rate_limit limit 0').catch(() => {
      throw error
    })
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
