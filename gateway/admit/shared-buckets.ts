import { intervalOf, type TakeToken } from './rate.ts'
import { DATABASE_CLOCK, openTables, type SharedDatabase } from './shared-tables.ts'

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
