/** How far this machine's clock may be from that of the database that it shares with others, in milliseconds. Proofs and entries have seconds. */
export const MAX_CLOCK_DIFFERENCE_MS = 2_000

/** What an operator does about it, for a log line. */
export const CLOCK_REMEDY =
  'Let NTP set the clocks of this machine and of the database’s machine: `timedatectl timesync-status`, `chronyc tracking`.'

/** An SQL query with one row, whose `now_s` is the database's clock in seconds since the epoch. Not `now()`: that is the transaction's begin. */
export const READ_CLOCK = 'select extract(epoch from clock_timestamp())::double precision as now_s'

/** This machine's clock and the database's differ too much. The message says by how much, and the remedy. */
export class ClockWrongError extends Error {
  override readonly name = 'ClockWrongError'
}

/** Checks this machine's clock against a database's, as {@link measureAhead}. Rejects with {@link ClockWrongError}, or as `readDatabaseS` rejects. */
export async function checkClock(readDatabaseS: () => Promise<number>, now: () => number = Date.now): Promise<void> {
  const aheadMs = await measureAhead(readDatabaseS, now)
  if (Math.abs(aheadMs) <= MAX_CLOCK_DIFFERENCE_MS) return
  const came = `it is ${Math.abs(Math.round(aheadMs / 1_000))} s ${aheadMs > 0 ? 'ahead' : 'behind'}`
  throw new ClockWrongError(`expected this machine’s clock within 2 s of the database’s; ${came}. ${CLOCK_REMEDY}`)
}

/**
 * Compares this machine's clock with a database's.
 * @param readDatabaseS reads the database's clock, in seconds since the epoch.
 * @param now returns milliseconds since the epoch.
 * @returns by how many milliseconds this machine's clock is ahead at least, negative if it is behind. 0: the question and the answer enclose the
 * database's time, however long they took. Rejects if `readDatabaseS` rejects.
 */
export async function measureAhead(readDatabaseS: () => Promise<number>, now: () => number): Promise<number> {
  const before = now()
  const databaseMs = (await readDatabaseS()) * 1_000
  const after = now()
  if (databaseMs < before) return Math.round(before - databaseMs)
  return databaseMs > after ? Math.round(after - databaseMs) : 0
}
