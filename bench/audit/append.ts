/**
 * `npm run bench:append -- [COMMIT_SIZE …]`: measures what appending costs: entries a second, processor time of the thread that appends,
 * and the time of a commit. Each entry has two salts. Prints a table, and stops with an error if an entry or a salt is not where it must be.
 *
 * `BASE=FOLDER` also measures the log of another checkout, whose salts are in a store of their own, in turns with this one.
 */
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLog } from '../../audit/log/log.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { findSalt } from '../../audit/salts/salts.ts'
import { readEntries } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { verifyLog } from '../../audit/verify/verify-log.ts'
import { SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'

const ROUNDS = 3
const ROUND_MS = 4_000

/** How many entries of each round are looked up with their salts. */
const CHECKED = 50

const signer = newSigner('istmo.example/gateway')
const policy = parsePolicy(`log ${signer.verifier.vkey}\nquorum none\n`)

/** A log that is measured. */
interface Contender {
  readonly append: (entry: Uint8Array, id: string, salt: Uint8Array) => Promise<unknown>
  readonly close: () => Promise<void>
}

type OpenContender = (folder: string) => Promise<Contender>

const CONTENDERS: Record<string, OpenContender> = {
  'in the caller’s thread': (folder) => openHere(folder, false),
  'in a thread of its own': (folder) => openHere(folder, true),
}

async function openHere(folder: string, hasThread: boolean): Promise<Contender> {
  const log = await openLog({ folder: join(folder, 'log'), salts: join(folder, 'salts'), signer, hasThread })
  return { append: (entry, id, salt) => log.append(entry, [{ id, salt }]), close: log.close }
}

/** Returns the log of a checkout of version 0.2: the salt is created by its store, and written at the same time as the entry. */
async function importOlder(checkout: string): Promise<OpenContender> {
  const { openLog: openOlder } = await import(pathToFileURL(join(checkout, 'audit/log/log.ts')).href)
  const { openSalts } = await import(pathToFileURL(join(checkout, 'audit/salts/salts.ts')).href)
  return async (folder) => {
    const log = await openOlder({ folder: join(folder, 'log'), signer })
    const salts = await openSalts(join(folder, 'salts'))
    const append = (entry: Uint8Array, id: string) => Promise.all([log.append(entry), salts.take(id).durable])
    const close = async () => {
      await salts.close()
      await log.close()
    }
    return { append, close }
  }
}

interface Round {
  readonly perSecond: number
  /** Processor time of the appending thread for each entry, in microseconds. */
  readonly ownCpu: number
  /** Processor time of the whole process for each entry, in microseconds. */
  readonly allCpu: number
  /** The median time of an append, in milliseconds. */
  readonly waitMs: number
}

async function measure(open: OpenContender, inFlight: number): Promise<Round> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-bench-append-'))
  try {
    const log = await open(folder)
    const entries = new Map<string, string>()
    const waits: number[] = []
    const bytes = canonicalBytes(SAMPLE_REQUEST)
    const [ownFrom, allFrom, startedAt] = [process.threadCpuUsage(), process.cpuUsage(), performance.now()]
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        while (performance.now() - startedAt < ROUND_MS) {
          const id = createUuidV7(Date.now())
          const entry = Buffer.concat([bytes.subarray(0, -1), Buffer.from(`,"x":"${id}"}`)])
          const from = performance.now()
          await log.append(entry, id, randomBytes(32))
          waits.push(performance.now() - from)
          entries.set(id, createHash('sha256').update(entry).digest('hex'))
        }
      }),
    )
    const [own, all, ms] = [process.threadCpuUsage(ownFrom), process.cpuUsage(allFrom), performance.now() - startedAt]
    await log.close()
    await expectAll(folder, entries)
    const count = entries.size
    waits.sort((a, b) => a - b)
    return {
      perSecond: (count * 1_000) / ms,
      ownCpu: (own.user + own.system) / count,
      allCpu: (all.user + all.system) / count,
      waitMs: waits[Math.floor(waits.length / 2)] ?? 0,
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Verifies the log, and checks that each acknowledged entry is in it, and that salts are found. */
async function expectAll(folder: string, entries: ReadonlyMap<string, string>): Promise<void> {
  const source = folderSource(join(folder, 'log'))
  const report = await verifyLog(source, policy)
  if (report.findings.length > 0 || report.size !== entries.size) {
    throw new Error(`expected a log of ${entries.size} entries that holds; came ${report.size} entries`)
  }
  const hashes = new Set<string>()
  for await (const { bytes } of readEntries(source, report.size)) {
    hashes.add(createHash('sha256').update(bytes).digest('hex'))
  }
  for (const [id, hash] of entries) if (!hashes.has(hash)) throw new Error(`expected the entry ${id} in the log`)
  for (const id of [...entries.keys()].slice(-CHECKED)) {
    const { kind } = await findSalt(join(folder, 'salts'), id)
    if (kind !== 'KEPT') throw new Error(`expected the salt of ${id}; it is ${kind}`)
  }
}

function median(rounds: readonly Round[], name: keyof Round): number {
  const sorted = rounds.map((round) => round[name]).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function printRow(...cells: readonly (string | number)[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`)
}

const base = process.env.BASE
const contenders = Object.entries({
  ...(base !== undefined && { 'version 0.2': await importOlder(base) }),
  ...CONTENDERS,
})
const given = process.argv.slice(2).map(Number)
printRow('log', 'in flight', 'entries a second', 'own thread, µs', 'process, µs', 'median wait, ms')
printRow('---', '---', '---', '---', '---', '---')
for (const inFlight of given.length > 0 ? given : [1, 20]) {
  const rounds = new Map(contenders.map(([name]) => [name, [] as Round[]]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, open] of contenders) rounds.get(name)?.push(await measure(open, inFlight))
  }
  for (const [name, all] of rounds) {
    const [rate, own, cpu] = (['perSecond', 'ownCpu', 'allCpu'] as const).map((each) => median(all, each).toFixed(0))
    printRow(name, inFlight, rate ?? '', own ?? '', cpu ?? '', median(all, 'waitMs').toFixed(2))
  }
}
