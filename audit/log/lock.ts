import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** That a folder is being written by another process, or by another log in this one. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError'

  constructor(folder: string) {
    super(
      `${folder} is open for writing already; one process writes a log, stop that one or pruneFor this one a folder of its own`,
    )
  }
}

/**
 * Locks a folder for writing until `release`, or until the process ends in whatever way. The lock is the kernel's own, on the
 * file `lock` (POSIX record locks), so a killed process leaves none, and it holds between containers that share the folder.
 * Node has no call for it; SQLite, which comes with Node, takes it for `BEGIN EXCLUSIVE`, and never writes to the file.
 * The file is nobody else's to open: a process that closes it gives its own lock away (POSIX). Throws a FolderInUseError.
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

/** SQLite's result code for a lock that another holds. */
const SQLITE_BUSY = 5
