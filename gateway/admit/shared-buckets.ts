import { intervalOf, type TakeToken } from './rate.ts'

/** A PostgreSQL database: what `pg` and PGlite both are. */
export interface SharedDatabase {
  query(sql: string, parameters?: unknown[]): Promise<{ readonly rows: unknown[] }>
}

/** Every how many uses the rows of full buckets are taken out. */
const USES_PER_SWEEP = 10_000

const CREATE = 'create table if not exists istmo_rate_limit (key text primary key, full_at double precision not null)'

/** Seconds since the epoch by the database's clock, which all gateways share. Not `now()`: that stands still while a row is waited for. */
const DATABASE_CLOCK = 'extract(epoch from clock_timestamp())::double precision'

/** What {@link createSharedBuckets} may be told. */
export interface SharedBucketsOptions {
  /** An SQL expression: seconds, as double precision. Tests have a clock of their own. */
  readonly clock?: string
}

/**
 * Buckets that several gateways share, in a table of their own. One statement a use: PostgreSQL locks the key's row, so two
 * gateways never take one token.
 * Rejects where the database does.
 */
export async function createSharedBuckets(
  database: SharedDatabase,
  { clock = DATABASE_CLOCK }: SharedBucketsOptions = {},
): Promise<TakeToken> {
  await ensureTable(database)
  const take = takeStatement(clock)
  let uses = 0
  return async (key, rate) => {
    uses += 1
    if (uses % USES_PER_SWEEP === 0) await database.query(`delete from istmo_rate_limit where full_at < ${clock}`)
    const interval = intervalOf(rate)
    const { rows } = await database.query(take, [key, interval, interval * rate.burst])
    const [row] = rows as { wait: number | null }[]
    if (row?.wait === null) return { isTaken: true }
    return { isTaken: false, waitSeconds: row?.wait ?? interval }
  }
}

/** Two gateways that start at once may both make the table, and one fails; so does a role that may use it alone. Then it is there. */
async function ensureTable(database: SharedDatabase): Promise<void> {
  try {
    await database.query(CREATE)
  } catch (error) {
    await database.query('select from istmo_rate_limit limit 0').catch(() => {
      throw error
    })
  }
}

/** $1 key, $2 seconds a token, $3 seconds for a whole bucket. Answers `wait`: null where a token was taken. */
function takeStatement(clock: string): string {
  const next = `greatest(kept.full_at, ${clock}) + $2::double precision`
  const wait = `${next} - ${clock} - $3::double precision`
  return `
    with taken as (
      insert into istmo_rate_limit as kept (key, full_at) values ($1::text, ${clock} + $2::double precision)
      on conflict (key) do update set full_at = ${next} where ${wait} <= 1e-6
      returning key
    )
    select null::double precision as wait from taken
    union all
    select ${wait} from istmo_rate_limit as kept where key = $1::text and not exists (select from taken)`
}
