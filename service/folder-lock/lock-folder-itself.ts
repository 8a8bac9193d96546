import { spawn } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'

/** The result of one attempt: a lock, somebody else has it, or this system has no such lock. */
export type LockAttempt = { readonly release: () => void } | 'BUSY' | 'UNSUPPORTED'

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
export async function lockFolderItself(folder: string): Promise<LockAttempt> {
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
