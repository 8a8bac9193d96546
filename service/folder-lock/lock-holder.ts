import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { basename } from 'node:path'

/** A line of /proc/PID/fdinfo/N that says that this descriptor holds an exclusive lock (proc_pid_fdinfo(5)). */
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
