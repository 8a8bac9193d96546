/** How far this machine's clock may be from that of the database that it shares with others, in milliseconds. Proofs and entries have seconds. */
export const MAX_CLOCK_DIFFERENCE_MS = 2_000

/** What an operator does about it, for a log line. */
export const CLOCK_REMEDY =
  'Let NTP set the clocks of this machine and of the database’s machine: `timedatectl timesync-status`, `chronyc tracking`.'

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
