/**
 * Moves the times of files with the clock, in each Node.js of a run under a moved clock: libfaketime moves what a process takes for now, and what the
 * kernel writes on a file stays real. So a file that was written a moment ago would look as old as the clock was moved. Loaded by NODE_OPTIONS.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const SHIFT_MS = Number(process.env.ISTMO_MOVED_MS)

function moved(stats) {
  if (stats == null) return stats
  const isBig = typeof stats.mtimeMs === 'bigint'
  for (const name of ['atime', 'mtime', 'ctime', 'birthtime']) {
    const ms = stats[`${name}Ms`]
    stats[`${name}Ms`] = isBig ? ms + BigInt(SHIFT_MS) : ms + SHIFT_MS
    if (isBig) stats[`${name}Ns`] += BigInt(SHIFT_MS) * 1_000_000n
    stats[name] = new Date(Number(stats[`${name}Ms`]))
  }
  return stats
}

/** What a caller says to `utimes`, as the kernel is to write it: seconds, a text of them, or a date. Node takes a number below zero for now, and a date not. */
function real(time) {
  return new Date((time instanceof Date ? time.getTime() : Number(time) * 1_000) - SHIFT_MS)
}

function replace(owner, name, make) {
  owner[name] = make(owner[name])
}

const asked = await fs.promises.open(process.execPath)
const handle = Object.getPrototypeOf(asked)
await asked.close()

for (const name of ['statSync', 'lstatSync', 'fstatSync']) {
  replace(fs, name, (call) => Object.assign((...args) => moved(call(...args)), call))
}
for (const name of ['stat', 'lstat', 'fstat']) {
  replace(fs, name, (call) => (...args) => {
    const done = args.pop()
    return call(...args, (error, stats) => done(error, moved(stats)))
  })
}
for (const [owner, names] of [
  [fs.promises, ['stat', 'lstat']],
  [handle, ['stat']],
]) {
  for (const name of names) {
    replace(
      owner,
      name,
      (call) =>
        async function (...args) {
          return moved(await call.apply(this, args))
        },
    )
  }
}
for (const [owner, names] of [
  [fs.promises, ['utimes', 'lutimes']],
  [fs, ['utimesSync', 'lutimesSync', 'utimes', 'lutimes']],
]) {
  for (const name of names) {
    replace(
      owner,
      name,
      (call) =>
        (path, atime, mtime, ...rest) =>
          call(path, real(atime), real(mtime), ...rest),
    )
  }
}
replace(
  handle,
  'utimes',
  (call) =>
    function (atime, mtime) {
      return call.call(this, real(atime), real(mtime))
    },
)
syncBuiltinESMExports()
