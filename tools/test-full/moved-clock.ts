/**
 * Runs all tests, which start the demo and install packs too, at days on which dates go wrong. `node tools/test-full/moved-clock.ts 5` runs them at five of
 * {@link listMoments}. Exits with 1 if a run failed.
 *
 * libfaketime moves the clock of each process. It leaves the clock that counts from the start of the machine alone, by which deadlines are
 * kept, and the times of files, which `move-file-times.mjs` moves.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listMoments } from './moments.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const FILE_TIMES = join(ROOT, 'tools/test-full/move-file-times.mjs')

function findLibrary(): string | undefined {
  return globSync('/usr/lib/*/faketime/libfaketime.so.1')[0]
}

/** @throws {Error} if Debian's package cannot be installed. */
function installLibrary(): string {
  for (const args of [
    ['update', '-q'],
    ['install', '-q', '-y', '--no-install-recommends', 'libfaketime'],
  ]) {
    spawnSync('apt-get', args, { stdio: 'inherit' })
  }
  const library = findLibrary()
  if (library === undefined) throw new Error('expected libfaketime; came none. Install it: apt-get install libfaketime')
  return library
}

/** Runs vitest with these arguments as if it were that moment now. Returns whether it passed. */
function runAt(moment: Date, library: string, args: readonly string[]): boolean {
  const movedS = Math.round((moment.getTime() - Date.now()) / 1_000)
  console.log(`\n-- at ${moment.toISOString()}`)
  const env = {
    ...process.env,
    LD_PRELOAD: library,
    FAKETIME: `+${movedS}`,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    ISTMO_MOVED_MS: String(movedS * 1_000),
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${FILE_TIMES}`.trim(),
  }
  return spawnSync('vitest', ['run', ...args], { cwd: ROOT, env, stdio: 'inherit' }).status === 0
}

const [count = '1', ...args] = process.argv.slice(2)
const library = findLibrary() ?? installLibrary()
const failed = listMoments(new Date())
  .slice(0, Number(count))
  .filter((moment) => !runAt(moment, library, args))
for (const moment of failed) console.log(`failed at ${moment.toISOString()}`)
if (failed.length > 0) process.exitCode = 1
