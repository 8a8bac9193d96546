/**
 * `npm run bench:audit-scale -- [--entries 10000000] [--per-commit 20] [--below FOLDER] [--db postgres://…] [--skip STEP,…]`: makes a large
 * audit log, measures what reads it, and deletes it. Fails if an answer is wrong. About 1.9 GB for a million entries; never in CI.
 */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import pg from 'pg'
import { idAt, refOf } from '../../audit/index/testing.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { generateSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { makeLog } from './make-log.ts'
import type { Taken } from './scale-step.ts'

const execute = promisify(execFile)

/** How much disk a million entries need at most, in bytes: the log, and the index with its own log of changes. */
const BYTES_PER_ENTRY = 2_300
const INDEX_BYTES_PER_ENTRY = 3_000

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '10000000' },
    'per-commit': { type: 'string', default: '20' },
    below: { type: 'string', default: tmpdir() },
    db: { type: 'string' },
    skip: { type: 'string', default: '' },
  },
})
const [entries, perCommit] = [Number(values.entries), Number(values['per-commit'])]
const skipped = new Set(values.skip.split(','))

function row(...cells: readonly (string | number)[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

async function requireRoom(): Promise<void> {
  const { bavail, bsize } = await statfs(values.below)
  const needed = entries * (BYTES_PER_ENTRY + (values.db === undefined ? 0 : INDEX_BYTES_PER_ENTRY))
  if (bavail * bsize < needed)
    throw new Error(`expected ${needed} bytes of room in ${values.below}; there are ${bavail * bsize}`)
}

/** Runs one step, prints what it took, and checks its answer. */
async function measure(name: string, args: readonly string[], isRight: (answer: never) => boolean): Promise<void> {
  if (skipped.has(name)) return
  const step = join(import.meta.dirname, 'scale-step.ts')
  const { stdout } = await execute(process.execPath, [step, ...args], { maxBuffer: 64 * 1024 * 1024 })
  const { seconds, cpuSeconds, peakMiB, answer } = JSON.parse(stdout) as Taken
  const load = (loadavg()[0] ?? 0).toFixed(1)
  row(
    name,
    entries,
    seconds.toFixed(1),
    cpuSeconds.toFixed(1),
    Math.round(entries / seconds),
    Math.round(peakMiB),
    load,
  )
  if (!isRight(answer as never))
    throw new Error(`${name}: the answer is wrong: ${JSON.stringify(answer).slice(0, 2_000)}`)
}

interface Verified {
  readonly size: number
  readonly findings: readonly unknown[]
  readonly witnessed?: { readonly size: number }
}
const holds = ({ size, findings, witnessed }: Verified): boolean =>
  size === entries && findings.length === 0 && witnessed?.size === entries

interface Found {
  readonly code: number
  readonly entries: readonly { readonly id: string }[]
  readonly index: number
  readonly size: number
}

/** The last request in the log, its time, and who sent it. */
const LAST = entries - 2
const lastTimeMs = Date.parse('2026-01-01T00:00:00.000Z') + (LAST / 2) * 20
const lastId = idAt(lastTimeMs, LAST)

async function measureReaders(folder: string, home: string): Promise<void> {
  const policy = join(home, 'trust-policy')
  const log = ['--log', folder, '--policy', policy]
  const ofCaller = ['--actor', refOf(LAST % 500), '--kind', 'request', '--first', '5']
  const isNewest = ({ code, entries: found }: Found) => code === 0 && found.length === 5 && found[0]?.id === lastId
  const isProved = ({ code, index }: Found) => code === 0 && index === LAST
  const run = (...args: readonly string[]) => ['command', folder, policy, ...args]
  await measure('verify, hashes only', ['verify', folder, policy, 'hashes'], holds)
  await measure('verify, with entries', ['verify', folder, policy, 'entries'], holds)
  const out = ['--out', join(home, 'proof')]
  await measure('prove by index', run('prove', String(LAST), ...log, ...out), isProved)
  if (values.db !== undefined) await measureIndex(folder, policy, values.db, { ofCaller, isNewest })
  await measure('prove by id', run('prove', lastId, ...log, ...out), isProved)
  await measure('search --no-index', run('search', '--no-index', ...log, ...ofCaller), isNewest)
  const own = ['--own-log', join(home, 'own'), '--own-key', join(home, 'own.key')]
  const some = ['--agency', 'NOBODY', '--out', join(home, 'export.jsonl')]
  await measure('export of nothing', run('export', ...log, ...own, ...some), (answer: Found) => answer.code === 0)
}

async function measureIndex(
  folder: string,
  policy: string,
  url: string,
  { ofCaller, isNewest }: { readonly ofCaller: readonly string[]; readonly isNewest: (found: Found) => boolean },
): Promise<void> {
  const name = `istmo_scale_${randomUUID().replaceAll('-', '')}`
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  await admin.query(`create database ${name}`)
  try {
    const place = new URL(url)
    place.pathname = `/${name}`
    await measure(
      'index, PostgreSQL',
      ['index', folder, policy, place.href],
      ({ read }: { read: number }) => read === entries,
    )
    const search = ['search', '--db', place.href]
    await measure('search in the index', ['command', folder, policy, ...search, ...ofCaller], isNewest)
    const counts = [...search, '--count-by', 'actor']
    await measure('counts by officer', ['command', folder, policy, ...counts], ({ code }: Found) => code === 0)
  } finally {
    await admin.query(`drop database ${name} with (force)`)
    await admin.end()
  }
}

await requireRoom()
const home = await mkdtemp(join(values.below, 'istmo-bench-scale-'))
try {
  const signer = newSigner('istmo.example/gateway')
  const witnesses = ['w1', 'w2', 'w3'].map((name) => newSigner(`${name}.example`, 'cosignature'))
  const lines = witnesses.map(({ verifier }, at) => `witness W${at} ${verifier.vkey}`)
  const policy = [`log ${signer.verifier.vkey}`, ...lines, 'group most 2 W0 W1 W2', 'quorum most', ''].join('\n')
  await writeFile(join(home, 'trust-policy'), policy)
  await writeFile(join(home, 'own.key'), `${generateSignerKey('auditor.example', SIGNATURE_TYPES.ed25519)}\n`)
  row('what', 'entries', 'seconds', 'CPU seconds', 'entries a second', 'peak MiB', 'load average')
  row('---', '---', '---', '---', '---', '---', '---')
  const startedAt = performance.now()
  const folder = join(home, 'log')
  const { entryBytes, fileBytes } = makeLog({ folder, entries, perCommit, signer, witnesses })
  const seconds = (performance.now() - startedAt) / 1_000
  row(`make, ${perCommit} entries a commit`, entries, seconds.toFixed(1), '', Math.round(entries / seconds), '', '')
  process.stdout.write(
    `\n${Math.round(entryBytes / entries)} bytes an entry, ${(fileBytes / 1e9).toFixed(2)} GB in files\n\n`,
  )
  await measureReaders(folder, home)
} finally {
  await rm(home, { recursive: true, force: true })
}
