import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { closeFolderToOthers } from '../private-files.ts'
import { type LockAttempt, lockFolderItself } from './lock-folder-itself.ts'
import { describeProcess, findLockHolder } from './lock-holder.ts'

/**
 * The lock of a folder into which only one process may write: an audit log, an embedded database, the demo's home. The kernel holds it
 * (docs/decisions/0036-the-kernel-holds-locks.md). It ends with its process, however that ends, and no process id can be mistaken for
 * its holder.
 */

/** Another process, or another part of this one, has the folder open for writing. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError'
  readonly folder: string
  /** The id of the process that holds the lock; undefined if the system does not tell. */
  readonly pid: number | undefined

  constructor(folder: string, pid: number | undefined) {
    const holder = pid === undefined ? 'another process' : describeProcess(pid)
    super(
      `${folder} is already open for writing in ${holder}. Only one process can write to a folder: stop that process, or choose another folder for this one.`,
    )
    this.folder = folder
    this.pid = pid
  }
}

/** A lock. It is held until `release`, or until the process ends in any way. A second `release` does nothing. */
export interface FolderLock {
  readonly release: () => void
}

/** Where the lock file is, and how long to wait for a holder that is about to end. */
export interface FolderLockOptions {
  /** The lock file. The default is `lock` in the folder. */
  readonly file?: string
  /** How long to try, in milliseconds: the kernel frees the locks of a killed process only after it has freed its memory. */
  readonly patienceMs?: number
}

/** The default of `patienceMs`. */
const PATIENCE_MS = 500

/** The time between two attempts, in milliseconds. */
const RETRY_MS = 25

/**
 * Locks a folder for writing. Creates the folder, and the folder of the lock file, if they do not exist. Closes the folder to other users.
 *
 * There are two locks, and the caller gets both or none. The lock file works on every system, and between containers that share the folder.
 * The folder's own lock holds even if somebody deletes the lock file; a system or a file system without it has only the lock file.
 * @throws {FolderInUseError} if somebody else holds the lock.
 */
export async function lockFolder(folder: string, options: FolderLockOptions = {}): Promise<FolderLock> {
  const { file = join(folder, 'lock'), patienceMs = PATIENCE_MS } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await closeFolderToOthers(folder)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const deadline = performance.now() + patienceMs
  for (;;) {
    const lock = await tryBothLocks(folder, file)
    if (lock !== 'BUSY') return lock
    if (performance.now() >= deadline) throw new FolderInUseError(folder, findLockHolder([folder, file]))
    await sleep(RETRY_MS)
  }
}

async function tryBothLocks(folder: string, file: string): Promise<FolderLock | 'BUSY'> {
  const own = await lockFolderItself(folder)
  if (own === 'BUSY') return 'BUSY'
  const held = own === 'UNSUPPORTED' ? undefined : own
  let inFile: LockAttempt
  try {
    inFile = lockFile(file)
  } catch (error) {
    held?.release()
    throw error
  }
  if (inFile === 'BUSY' || inFile === 'UNSUPPORTED') {
    held?.release()
    return 'BUSY'
  }
  return {
    release: () => {
      inFile.release()
      held?.release()
    },
  }
}

/**
 * Locks a file (POSIX record locks). Node has no call for such a lock. SQLite, which is part of Node, takes it when it executes
 * `BEGIN EXCLUSIVE`, and never writes to the file. Nothing else may open the file: a process that closes it loses its own lock (POSIX).
 */
function lockFile(file: string): LockAttempt {
  const database = openLockFile(file)
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return 'BUSY'
    throw error
  }
  return {
    release: () => {
      if (database.isOpen) database.close()
    },
  }
}

/** The message of SQLite does not name the file. */
function openLockFile(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file, { timeout: 0 })
  } catch (error) {
    throw new Error(`${file}: expected a lock file that this process can write (${(error as Error).message})`, {
      cause: error,
    })
  }
}

/** The result code of SQLite if somebody else holds the lock. */
const SQLITE_BUSY = 5
