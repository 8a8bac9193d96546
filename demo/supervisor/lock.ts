import { DatabaseSync } from 'node:sqlite'
import { UsageError } from '../../service/usage-error.ts'

/** Held until `release`, or until the process is gone, however it went. */
export interface Lock {
  release(): void
}

/**
 * Takes the lock of a home folder. It is SQLite's, so the kernel holds it: two that ask at once cannot both have it, and a
 * process killed leaves none behind, as a file with a process id would.
 * @throws {UsageError} when another process holds it.
 */
export function takeLock(path: string, folder: string): Lock {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('begin exclusive')
  } catch (error) {
    database.close()
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error
    throw new UsageError(
      `a demo runs in ${folder} already: stop it first (Ctrl-C in its terminal), or start another with ISTMO_HOME=<other folder> PORT=<other port>`,
    )
  }
  return { release: () => database.close() }
}

const SQLITE_BUSY = 5
