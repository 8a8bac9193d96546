import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Another process, or another log in this process, already has the folder open for writing. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError'

  constructor(folder: string) {
    super(
      `${folder} is already open for writing; only one process can write to a log: stop the other process, or use another folder for this one`,
    )
  }
}

/**
 * Locks a folder for writing until `release`, or until the process ends in any way. The kernel holds the lock on the file `lock`
 * (POSIX record locks). A killed process therefore leaves no lock, and the lock works between containers that share the folder.
 * Node has no call for such a lock. SQLite, which is part of Node, takes it when it executes `BEGIN EXCLUSIVE`, and never writes
 * to the file. Nothing else may open the file: a process that closes it loses its own lock (POSIX).
 * @throws {FolderInUseError} if somebody else holds the lock.
 */
export async function lockFolder(folder: string): Promise<{ readonly release: () => void }> {
  await mkdir(folder, { recursive: true })
  const database = new DatabaseSync(join(folder, 'lock'), { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY)
      throw new FolderInUseError(folder)
    throw error
  }
  return {
    release: () => {
      if (database.isOpen) database.close()
    },
  }
}

/** The result code of SQLite if somebody else holds the lock. */
const SQLITE_BUSY = 5
