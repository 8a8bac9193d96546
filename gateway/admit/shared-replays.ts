/** The used DPoP proofs of several gateways behind one address, in the PostgreSQL database in which they also count rates. */
import { randomBytes } from 'node:crypto'
import { IstmoError } from '../../contract/errors.ts'
import type { SharedDatabase } from './shared-buckets.ts'

/** After how many uses the gateway deletes the uses that need not be remembered any more. */
const USES_PER_SWEEP = 1_000

const CREATE = [
  'create table if not exists istmo_used_proof (id text primary key, until_s double precision not null)',
  // At most one row. Its key makes the nonces of all gateways.
  'create table if not exists istmo_nonce_key (id integer primary key check (id = 1), key text not null)',
]

/** What gateways share so that a proof that one of them accepted is used up at all of them. */
export interface SharedReplays {
  /**
   * Notes that `id` was used, in one statement: of two gateways that get one proof at once, PostgreSQL lets only one insert it.
   * @returns true for the first use; false for any other use until `untilS`, in seconds since the epoch.
   * Rejects with {IstmoError} `PROOFS_UNAVAILABLE` if the database cannot be used. A proof that cannot be noted is not accepted.
   */
  noteFirstUse(id: string, untilS: number): Promise<boolean>
  /** The secret of the nonces, 32 bytes. The first gateway that uses the database makes it. */
  readonly nonceKey: Uint8Array
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
  const nonceKey = await shareKey(database)
  let uses = 0
  return {
    nonceKey,
    async noteFirstUse(id, untilS) {
      uses += 1
      try {
        if (uses % USES_PER_SWEEP === 0) {
          await database.query('delete from istmo_used_proof where until_s < $1::double precision', [nowS()])
        }
        const insert =
          'insert into istmo_used_proof (id, until_s) values ($1::text, $2::double precision) on conflict (id) do nothing returning id'
        const { rows } = await database.query(insert, [id, untilS])
        return rows.length === 1
      } catch (error) {
        onFailure(error)
        throw new IstmoError('PROOFS_UNAVAILABLE', undefined, { cause: error })
      }
    },
  }
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

async function shareKey(database: SharedDatabase): Promise<Uint8Array> {
  const key = randomBytes(32).toString('hex')
  await database.query('insert into istmo_nonce_key (id, key) values (1, $1::text) on conflict (id) do nothing', [key])
  const { rows } = await database.query('select key from istmo_nonce_key where id = 1')
  const [row] = rows as { key: string }[]
  return Buffer.from(row?.key ?? key, 'hex')
}
