import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openLog } from '../../../audit/log/log.ts'
import { generateSignerKey, parseSignerKey, SIGNATURE_TYPES } from '../../../audit/note/key.ts'
import { parsePolicy } from '../../../audit/note/policy.ts'
import { openShards } from '../../../audit/shards/places.ts'
import { openShardedLog } from '../../../audit/shards/sharded-log.ts'
import { readEntries } from '../../../audit/verify/read-log.ts'
import { verifyLogs } from '../../../audit/verify/testing.ts'
import { randomOf, repeats } from '../../share.ts'

/** The moments of kills: the same for the same code (docs/decisions/0068). */
const random = randomOf('audit/crash/shards')

/** How often the process is killed. `npm run test:full` kills more. */
const ROUNDS = Math.ceil(Number(process.env.ISTMO_CRASHES ?? repeats(60)) / 6)
const APPENDER = fileURLToPath(new URL('./sharded-appender.ts', import.meta.url))
const KEY = generateSignerKey('log.example/hn', SIGNATURE_TYPES.ed25519)
const signer = parseSignerKey(KEY)
const policy = parsePolicy(`log ${signer.verifier.vkey}\nquorum none\n`)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-crash-shards-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Lets a process append for a moment, and kills it. Returns the acknowledged entries, each as `origin text`. */
async function killOne(home: string, round: number, afterMs: number): Promise<readonly string[]> {
  const args = ['--no-warnings', APPENDER, home, KEY, `round-${round}`, String(round * 100)]
  const child = spawn(process.execPath, args, { env: { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE } })
  let [output, errors] = ['', '']
  child.stderr.on('data', (data) => {
    errors += data
  })
  const closed = once(child, 'close')
  const opened = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (data) => {
      output += data
      resolve()
    })
    void closed.then(() => reject(new Error(errors)))
  })
  await opened
  // On a busy machine an entry takes longer than the pause, so half of the processes live until entries of two months are there.
  while (round % 2 === 0 && (completeLines(output).length < 3 || countOrigins(completeLines(output)) < 2))
    await sleep(1)
  await sleep(afterMs)
  child.kill('SIGKILL')
  await closed
  return completeLines(output)
}

/** The complete lines after the first, which says that the log is open. */
function completeLines(output: string): readonly string[] {
  return output.split('\n').slice(1, -1)
}

/** Each month of a log has an origin of its own, which begins the line. */
function countOrigins(lines: readonly string[]): number {
  return new Set(lines.map((line) => line.slice(0, line.indexOf(' ')))).size
}

/** Opens and closes the log, as the next start of its process does. */
async function repair(home: string): Promise<void> {
  const now = () => Date.UTC(2026, ROUNDS * 100 + 100)
  const log = await openShardedLog({
    ...{ home, signer, sharding: 'none', now },
    newEntry: () => ({ v: 1, id: '019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e5f', time: new Date(now()).toISOString() }),
    open: (path, by) => openLog({ folder: path, signer: by }),
  })
  await log.close()
}

it('a process that ends shards and is killed at random moments loses and doubles no acknowledged entry', async () => {
  const home = join(folder, 'home')
  const acknowledged: string[] = []
  for (let round = 0; round < ROUNDS; round++) acknowledged.push(...(await killOne(home, round, random() * 300)))
  await repair(home)
  const sources = await openShards(home)
  const { reports, findings } = await verifyLogs(sources, policy, { settleMs: 1 })
  expect([...reports.flatMap((report) => report.findings), ...findings]).toEqual([])
  const counts = new Map<string, number>()
  for (const [at, source] of sources.entries()) {
    const { origin = '', size = 0 } = reports[at] ?? {}
    for await (const { bytes } of readEntries(source, size)) {
      const { text } = JSON.parse(Buffer.from(bytes).toString('utf8')) as { text?: string }
      if (text !== undefined) counts.set(`${origin} ${text}`, (counts.get(`${origin} ${text}`) ?? 0) + 1)
    }
  }
  expect(acknowledged.filter((line) => counts.get(line) !== 1)).toEqual([])
  expect([...counts.values()].filter((count) => count > 1)).toEqual([])
  expect(sources.length).toBeGreaterThan(ROUNDS)
  expect(acknowledged.length).toBeGreaterThan(ROUNDS)
})
