/**
 * `npm run bench:audit -- [ENTRIES …]`: measures how long it takes to verify and index made-up logs. Prints a table, and does not judge
 * the results.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openIndexDatabase } from '../../audit/index/database.ts'
import { countIndex } from '../../audit/index/search.ts'
import { followLog } from '../../audit/index/store.ts'
import { idAt, refOf } from '../../audit/index/testing.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog } from '../../audit/log/log.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { openLogReader } from '../../audit/reader/log-reader.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { verifyLog } from '../../audit/verify/verify-log.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'

const DEFAULT_SIZES = [200_000, 1_000_000]

/** The largest log that is indexed, in entries. Beyond this size the rate falls only a little. */
const MAX_INDEXED = 200_000

/** The number of appends at the same time. */
const IN_FLIGHT = 4_096

const signer = newSigner('istmo.example/gateway')
const policy = parsePolicy(`log ${signer.verifier.vkey}\nquorum none\n`)
const START_MS = Date.parse('2026-01-01T00:00:00.000Z')

function entryAt(at: number): Entry {
  const timeMs = START_MS + at * 100
  const actor = { ...SAMPLE_REQUEST.actor, ref: refOf(at % 500) } as NonNullable<typeof SAMPLE_REQUEST.actor>
  return { ...SAMPLE_REQUEST, id: idAt(timeMs, at), time: new Date(timeMs).toISOString(), actor }
}

async function write(folder: string, size: number): Promise<number> {
  const log = await openLog({ folder, signer })
  let bytes = 0
  for (let at = 0; at < size; at += IN_FLIGHT) {
    const batch = Array.from({ length: Math.min(IN_FLIGHT, size - at) }, (_, offset) => {
      const entry = canonicalBytes(entryAt(at + offset))
      bytes += entry.length
      return log.append(entry)
    })
    await Promise.all(batch)
  }
  await log.close()
  return bytes / size
}

async function timed<Value>(work: () => Promise<Value>): Promise<readonly [seconds: number, value: Value]> {
  const startedAt = performance.now()
  const value = await work()
  return [(performance.now() - startedAt) / 1_000, value]
}

function row(...cells: readonly (string | number)[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

async function measure(size: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-bench-audit-'))
  try {
    const [written, bytes] = await timed(() => write(join(folder, 'log'), size))
    row('append', size, written.toFixed(1), Math.round(size / written), `entries of ${Math.round(bytes)} bytes`)
    const [verified, report] = await timed(() => verifyLog(folderSource(join(folder, 'log')), policy))
    if (report.findings.length > 0 || report.size !== size) throw new Error('the log does not hold')
    const perMillion = `${((verified / size) * 1_000_000).toFixed(1)} s a million`
    row('verify', size, verified.toFixed(1), Math.round(size / verified), perMillion)
    if (size > MAX_INDEXED) return
    const db = await openIndexDatabase(join(folder, 'index'))
    const reader = await openLogReader(folderSource(join(folder, 'log')), policy)
    const [indexed] = await timed(() => followLog(db, reader, { rebuild: true }))
    row('index, PGlite', size, indexed.toFixed(1), Math.round(size / indexed), '')
    const [counted] = await timed(() => countIndex(db, 'actor', { country: 'HN' }, 100))
    row('counts by officer, PGlite', size, counted.toFixed(2), '', '')
    await db.close()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

row('what', 'entries', 'seconds', 'a second', '')
row('---', '---', '---', '---', '---')
const sizes = process.argv.slice(2).map(Number)
for (const size of sizes.length > 0 ? sizes : DEFAULT_SIZES) await measure(size)
