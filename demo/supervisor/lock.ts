import { DatabaseSync } from 'node:sqlite'
import { UsageError } from '../../service/usage-error.ts'

/** A lock. It is held until `release`, or until the process ends in any way. */
export interface Lock {
  release(): void
}

/**
 * Takes the lock of a home folder. It is SQLite's lock, so the kernel holds it. Two processes that ask at once cannot both have it,
 * and a killed process leaves no lock behind. A file with a process id would stay behind.
 * @throws {UsageError} when another process holds the lock.
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
