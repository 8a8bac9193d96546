/** The used DPoP proofs of several gateways behind one address, in the PostgreSQL database in which they also count rates. */
import { createHmac, randomBytes } from 'node:crypto'
import { IstmoError } from '../../contract/errors.ts'
import type { SharedDatabase } from './shared-buckets.ts'

/** After how many uses the gateway deletes the uses that need not be remembered any more. */
const USES_PER_SWEEP = 1_000

const CREATE = [
  'create table if not exists istmo_used_proof (id text primary key, until_s double precision not null)',
  // At most one row. Its key makes the nonces of all gateways.
  'create table if not exists istmo_nonce_key (id integer primary key check (id = 1), key text not null)',
]

/**
 * Which server answers: when its process started. A standby that took over started at another moment than the server before it, and so did a server
 * that was restored from a copy; either may have forgotten uses. Each role may ask this. The timeline would say less, and `pg_control_checkpoint()` has
 * a new one only at the next checkpoint.
 */
export const SERVER = 'extract(epoch from pg_postmaster_start_time())::text'

/** What gateways share so that a proof that one of them accepted is used up at all of them. */
export interface SharedReplays {
  /**
   * Notes that `id` was used, in one statement: of two gateways that get one proof at once, PostgreSQL lets only one insert it.
   * @returns true for the first use; false for any other use until `untilS`, in seconds since the epoch.
   * Rejects with {IstmoError} `PROOFS_UNAVAILABLE` if the database cannot be used. A proof that cannot be noted is not accepted.
   */
  noteFirstUse(id: string, untilS: number): Promise<boolean>
  /**
   * Returns the secret of the nonces, 32 bytes. The first gateway that uses the database makes it. It becomes another one before a use is noted in another
   * server: that server may not know what was used before, and no proof of then has a nonce of the new key.
   */
  nonceKey(): Uint8Array
}

/**
 * Opens the used proofs in `database`, and creates their tables if they are missing. Rejects if the database rejects.
 * @param onFailure called for each use that could not be noted.
 * @param nowS returns seconds since the epoch.
 */
export async function openSharedReplays(
  database: SharedDatabase,
  onFailure: (error: unknown) => void,
  nowS: () => number = () => Date.now() / 1_000,
): Promise<SharedReplays> {
  for (const statement of CREATE) await ensureTable(database, statement)
  let { key, server } = await shareKey(database)
  let uses = 0
  return {
    nonceKey: () => key,
    async noteFirstUse(id, untilS) {
      uses += 1
      try {
        if (uses % USES_PER_SWEEP === 0) {
          await database.query('delete from istmo_used_proof where until_s < $1::double precision', [nowS()])
        }
        const { rows } = await database.query(NOTE, [id, untilS])
        const [noted] = rows as { is_first: boolean; server: string }[]
        if (noted?.server !== server) ({ key, server } = await shareKey(database))
        return noted?.is_first === true
      } catch (error) {
        onFailure(error)
        throw new IstmoError('PROOFS_UNAVAILABLE', undefined, { cause: error })
      }
    },
  }
}

const NOTE = `with noted as (insert into istmo_used_proof (id, until_s) values ($1::text, $2::double precision) on conflict (id) do nothing returning id)
  select exists (select from noted) as is_first, ${SERVER} as server`

/**
 * Says why a failover of the database could forget what gateways noted, for the operator; null if nothing says so. A standby that is not connected now is
 * not seen.
 */
export async function findForgetfulReplication(database: SharedDatabase): Promise<string | null> {
  const settings = ['synchronous_commit', 'synchronous_standby_names'].map((name) => `current_setting('${name}')`)
  const { rows } = await database.query(
    `select ${settings[0]} as commits, ${settings[1]} as names, exists (select from pg_stat_replication) as has_standby`,
  )
  const [{ commits, names, has_standby } = { commits: 'on', names: '', has_standby: false }] = rows as {
    commits: string
    names: string
    has_standby: boolean
  }[]
  if (commits === 'off') return 'expected synchronous_commit to be on; it is off, and a crash forgets the last commits'
  if (!has_standby || (names !== '' && commits !== 'local')) return null
  return 'expected a synchronous standby (synchronous_standby_names, synchronous_commit); the standby is asynchronous, and a failover forgets the last commits'
}

/** Creates a table. A role that may use the table but not create it, and a second gateway at the same moment, find that it exists. */
async function ensureTable(database: SharedDatabase, statement: string): Promise<void> {
  const [, table = ''] = /if not exists (\w+)/.exec(statement) ?? []
  try {
    await database.query(statement)
  } catch (error) {
    await database.query(`select from ${table} limit 0`).catch(() => {
      throw error
    })
  }
}

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
