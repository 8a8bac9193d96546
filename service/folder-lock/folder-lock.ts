/** A line of /proc/PID/fdinfo/N that says that this descriptor holds an exclusive lock (proc_pid_fdinfo(5)). */

import { spawn } from 'node:child_process'
import { closeSync, constants, openSync, readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { closeFolderToOthers } from '../private-files.ts'

const EXCLUSIVE_LOCK = /^lock:\s+\d+: (FLOCK|POSIX) .*\bWRITE\b/m

/** The most characters of a command line that a message shows. */
const MAX_COMMAND_LENGTH = 120

/**
 * Finds the process that holds a lock on one of these paths. It asks the kernel which open descriptors hold locks, and never a file with
 * a process id in it, so it cannot name a process that has nothing to do with the lock.
 * @returns undefined without /proc, and if the holder is in another container or belongs to another user.
 */
export function findLockHolder(paths: readonly string[]): number | undefined {
  const places = new Set(paths.flatMap((path) => readOrNothing(() => [realpathSync(path)]) ?? []))
  const ids = (readOrNothing(() => readdirSync('/proc')) ?? []).filter((name) => /^\d+$/.test(name))
  return ids.map(Number).find((pid) => holdsLock(pid, places))
}

function holdsLock(pid: number, places: ReadonlySet<string>): boolean {
  const descriptors = readOrNothing(() => readdirSync(`/proc/${pid}/fd`)) ?? []
  return descriptors.some((descriptor) => {
    const place = readOrNothing(() => readlinkSync(`/proc/${pid}/fd/${descriptor}`))
    if (place === undefined || !places.has(place)) return false
    return EXCLUSIVE_LOCK.test(readOrNothing(() => readFileSync(`/proc/${pid}/fdinfo/${descriptor}`, 'utf8')) ?? '')
  })
}

/** Describes a process: `process 4711 (node istmo.ts node --country HN)`. URLs are left out, because they may hold a password. */
export function describeProcess(pid: number): string {
  if (pid === process.pid) return `this process (${pid})`
  const [program = '', ...args] = (readOrNothing(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')) ?? '').split('\0')
  const command = [basename(program), ...args]
    .join(' ')
    .replaceAll(/\S*:\/\/\S*/g, '…')
    .trim()
  return command === '' ? `process ${pid}` : `process ${pid} (${command.slice(0, MAX_COMMAND_LENGTH)})`
}

/** Processes end while they are looked at, and those of other users cannot be looked at. */
function readOrNothing<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

/** The result of one attempt: a lock, somebody else has it, or this system has no such lock. */
type LockAttempt = { readonly release: () => void } | 'BUSY' | 'UNSUPPORTED'

/** `O_EXLOCK` of macOS and the BSDs: `open` locks what it opens (open(2)). Node has no name for it. */
const O_EXLOCK = 0x20

/**
 * Locks the folder itself (flock(2)), so that the lock depends on no file that somebody could delete. The lock belongs to an open
 * descriptor of this process, and ends when the process ends.
 *
 * Node has no call for it. On macOS and the BSDs, opening with `O_EXLOCK` locks. On Linux the program `flock` (util-linux, BusyBox) locks
 * the descriptor that it inherits, and ends: the lock stays with the descriptor, which is this process's.
 * @returns `UNSUPPORTED` on other systems, without the program, and on file systems without such locks.
 */
async function lockFolderItself(folder: string): Promise<LockAttempt> {
  if (process.platform === 'linux') return lockWithProgram(folder)
  if (process.platform === 'darwin' || process.platform === 'freebsd') return lockByOpening(folder)
  return 'UNSUPPORTED'
}

function lockByOpening(folder: string): LockAttempt {
  try {
    return hold(openSync(folder, constants.O_RDONLY | constants.O_NONBLOCK | O_EXLOCK))
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EAGAIN' ? 'BUSY' : 'UNSUPPORTED'
  }
}

async function lockWithProgram(folder: string): Promise<LockAttempt> {
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  const result = await runFlock(descriptor)
  if (result === 'LOCKED') return hold(descriptor)
  closeSync(descriptor)
  return result
}

/** Runs `flock -n 3`, where 3 is the number that the descriptor has in the program. */
function runFlock(descriptor: number): Promise<'LOCKED' | 'BUSY' | 'UNSUPPORTED'> {
  return new Promise((resolve) => {
    const program = spawn('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'pipe', descriptor] })
    let complaint = ''
    program.stderr?.on('data', (text) => {
      complaint += String(text)
    })
    program.once('error', () => resolve('UNSUPPORTED'))
    program.once('close', (code) => {
      if (code === 0) resolve('LOCKED')
      // Of a lock that somebody else has, `flock` says nothing. BusyBox has the same exit code for every failure.
      else resolve(code === 1 && complaint === '' ? 'BUSY' : 'UNSUPPORTED')
    })
  })
}

function hold(descriptor: number): LockAttempt {
  let isOpen = true
  return {
    release: () => {
      if (isOpen) closeSync(descriptor)
      isOpen = false
    },
  }
}

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
interface FolderLockOptions {
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
