/** The used DPoP proofs of several gateways behind one address, in the PostgreSQL database in which they also count rates. */
import { createHmac, randomBytes } from 'node:crypto'
import { IstmoError } from '../../contract/errors.ts'
import { DATABASE_CLOCK, openTables, type SharedDatabase } from './shared-buckets.ts'

/** After how many uses the gateway deletes the uses that need not be remembered any more. */
const USES_PER_SWEEP = 1_000

/**
 * How long a use stays after it need not be remembered any more, in seconds by the database's clock. A gateway whose clock is late accepts a proof for as
 * much longer.
 */
const KEPT_S = 600

const CREATE = [
  'create table if not exists istmo_used_proof (id text primary key, until_s double precision not null)',
  // At most one row. Its key makes the nonces of all gateways.
  'create table if not exists istmo_nonce_key (id integer primary key check (id = 1), key text not null)',
]

/**
 * Which server and tables answer: when its process started, and the ids of the tables. A standby that took over started at another moment than the server before it, and so did a server
 * that was restored from a copy; either may have forgotten uses. Each role may ask this. The timeline would say less, and `pg_control_checkpoint()` has
 * a new one only at the next checkpoint. A table that was lost and made again has another id, and knows nothing of what was used.
 */
export const SERVER =
  "concat_ws(' ', extract(epoch from pg_postmaster_start_time()), 'istmo_used_proof'::regclass::oid, 'istmo_nonce_key'::regclass::oid)"

/** What gateways share so that a proof that one of them accepted is used up at all of them. */
export type SharedReplays = Awaited<ReturnType<typeof openSharedReplays>>

/** What {@link openSharedReplays} tells. */
export interface SharedReplaysHooks {
  /** Called for each use that could not be noted. */
  readonly onFailure: (error: unknown) => void
  /** Called for each use that was noted. */
  readonly onNoted?: () => void
}

/** Opens the used proofs in `database`, and creates their tables if they are missing. Rejects if the database rejects. */
export async function openSharedReplays(database: SharedDatabase, { onFailure, onNoted }: SharedReplaysHooks) {
  const shared = await openTables(database, CREATE)
  let { key, server } = await shareKey(shared)
  let uses = 0
  return {
    /**
     * Returns the secret of the nonces, 32 bytes. The first gateway that uses the database makes it. It becomes another one before a use is noted in another
     * server: that server may not know what was used before, and no proof of then has a nonce of the new key.
     */
    nonceKey: () => key,
    /**
     * Notes that `id` was used, in one statement: of two gateways that get one proof at once, PostgreSQL lets only one insert it.
     * @returns true for the first use; false for any other use until `untilS`, in seconds since the epoch.
     * Rejects with {IstmoError} `PROOFS_UNAVAILABLE` if the database cannot be used. A proof that cannot be noted is not accepted.
     */
    async noteFirstUse(id: string, untilS: number) {
      uses += 1
      try {
        if (uses % USES_PER_SWEEP === 0) {
          await shared.query(`delete from istmo_used_proof where until_s < ${DATABASE_CLOCK} - ${KEPT_S}`)
        }
        const { rows } = await shared.query(NOTE, [id, untilS])
        const [noted] = rows as { is_first: boolean; server: string }[]
        if (noted?.server !== server) ({ key, server } = await shareKey(shared))
        onNoted?.()
        return noted?.is_first === true
      } catch (error) {
        onFailure(error)
        throw new IstmoError('PROOFS_UNAVAILABLE', undefined, { cause: error })
      }
    },
    /** Returns seconds since the epoch by the database's clock. Rejects if no use could be noted now. */
    async clock() {
      const [row] = (await shared.query(CLOCK)).rows as {
        now_s: number
        may_note: boolean
        waits: boolean
        server: string
      }[]
      if (row?.may_note !== true) throw new Error('expected the right to insert into istmo_used_proof, at a primary')
      if (row.waits) throw new Error(STANDBY_AWAY)
      if (row.server !== server) ({ key, server } = await shareKey(shared))
      return row.now_s
    },
  }
}

const NOTE = `with noted as (insert into istmo_used_proof (id, until_s) values ($1::text, $2::double precision) on conflict (id) do nothing returning id)
  select exists (select from noted) as is_first, ${SERVER} as server`

const STANDBY_AWAY =
  'expected commits that a synchronous standby confirms; one has waited for two seconds (SyncRep): look at pg_stat_replication and synchronous_standby_names'

// A role sees what its own sessions wait for. A commit that waits for a standby ends only when one is there, or when none must be.
const CLOCK = `select ${DATABASE_CLOCK} as now_s, ${SERVER} as server,
  exists (select from pg_stat_activity where usename = current_user and wait_event = 'SyncRep'
    and query_start < clock_timestamp() - interval '2 seconds') as waits,
  current_setting('transaction_read_only') = 'off' and has_table_privilege('istmo_used_proof', 'insert') as may_note`

/** Reads the key that the gateways share, as it is for this server. All of them derive the same one without a word between them. */
async function shareKey(database: SharedDatabase): Promise<{ readonly key: Uint8Array; readonly server: string }> {
  const made = randomBytes(32).toString('hex')
  await database.query('insert into istmo_nonce_key (id, key) values (1, $1::text) on conflict (id) do nothing', [made])
  const { rows } = await database.query(`select key, ${SERVER} as server from istmo_nonce_key where id = 1`)
  const [row] = rows as { key: string; server: string }[]
  if (row === undefined) throw new Error('expected the key of the nonces in istmo_nonce_key; it was deleted')
  const { key, server } = row
  return { key: createHmac('sha256', Buffer.from(key, 'hex')).update(server).digest(), server }
}
