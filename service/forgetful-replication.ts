/** Whether a failover of a PostgreSQL server could forget what was committed. */

/** Why it could: a crash forgets the last commits too, or a standby may not have them yet. */
export type Forgetful = 'COMMITS_UNSAFE' | 'STANDBY_ASYNCHRONOUS'

/** Each reason in a sentence with its remedy, for the log of an operator. */
export const FORGETFUL: Readonly<Record<Forgetful, string>> = {
  COMMITS_UNSAFE: 'expected synchronous_commit to be on; it is off, and a crash forgets the last commits',
  STANDBY_ASYNCHRONOUS:
    'expected a synchronous standby (synchronous_standby_names, synchronous_commit); the standby is asynchronous, and a failover forgets the last commits',
}

interface Replication {
  readonly commits: string
  readonly names: string
  readonly has_standby: boolean
}

/** Each role may ask this. */
const ASK = `select current_setting('synchronous_commit') as commits, current_setting('synchronous_standby_names') as names,
  exists (select from pg_stat_replication) as has_standby`

/**
 * Says why a failover of a server could forget what was committed; null if nothing says so. A standby that is not connected now is not seen.
 * @param query runs one statement there, and returns its rows. Rejects if it rejects.
 */
export async function findForgetfulReplication(
  query: (sql: string) => Promise<readonly unknown[]>,
): Promise<Forgetful | null> {
  const [row] = (await query(ASK)) as readonly Replication[]
  if (row === undefined) return null
  if (row.commits === 'off') return 'COMMITS_UNSAFE'
  if (!row.has_standby || (row.names !== '' && row.commits !== 'local')) return null
  return 'STANDBY_ASYNCHRONOUS'
}
