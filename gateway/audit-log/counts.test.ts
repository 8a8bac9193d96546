import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { pino } from 'pino'
import { afterEach, expect, it } from 'vitest'
import { createCountCheck } from '../../audit/counts/count-check.ts'
import { openLog } from '../../audit/log/log.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import { openLogReader } from '../../audit/reader/log-reader.ts'
import { folderSource } from '../../audit/verify/source.ts'
import type { Caller } from '../../contract/access-token.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { AUDIT_LOG_FOLDERS } from '../../service/audit-log/recorder.ts'
import { type GatewayAuditLog, openAuditLog } from './audit-log.ts'
import { CALLER, contextWith, KEYS, SIGNER } from './testing.ts'

/** Counts the parts of countries in real logs, over restarts, crashes and a full disk. */

const POLICY = parsePolicy(`log ${SIGNER.verifier.vkey}\nquorum none\n`)
const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-counts-'))
  folders.push(folder)
  return folder
}

/** Opens the audit log of a folder, whose disk is full while `disk.isFull`. */
async function open(folder: string, disk: { isFull: boolean }): Promise<GatewayAuditLog> {
  const [at, salts] = [join(folder, AUDIT_LOG_FOLDERS.log), join(folder, AUDIT_LOG_FOLDERS.salts)]
  // While a test copies the folder, only the journal grows, so that the copy is what was on the disk at one time.
  const log = await openLog({ folder: at, salts, signer: SIGNER, publishAfterMs: 1_000_000 })
  const append: typeof log.append = (entry, all) =>
    disk.isFull ? Promise.reject(new Error('full')) : log.append(entry, all)
  const appendTexts: typeof log.appendTexts = (texts, all) =>
    disk.isFull ? Promise.reject(new Error('full')) : log.appendTexts(texts, all)
  const options = { version: '0.0.0', signer: SIGNER, keys: KEYS, log: pino({ level: 'silent' }) }
  return openAuditLog({ ...options, folder, openedLog: { ...log, append, appendTexts } })
}

/** Sends a request that asks countries. Resolves to its id when it may be answered, and to undefined if it may not. */
async function ask(record: GatewayAuditLog, countries: readonly string[], caller: Caller | null) {
  const trail = record.begin()
  for (const country of countries) {
    const leg = { domain: 'persons', country } as never
    trail.legs.push({ country, domain: 'persons', outcome: { reach: 'ANSWERED', code: null }, leg })
    trail.sent.set(leg, {
      operationHash: 'a'.repeat(64),
      requestHash: 'a'.repeat(64),
      salt: Buffer.alloc(16),
      responseHash: null,
      receipt: null,
    })
  }
  const requestId = createUuidV7(Date.now())
  const context = contextWith(trail, caller, requestId)
  return record.end({ context, status: 200, codes: [], durationMs: 1 }).then(
    () => requestId,
    () => undefined,
  )
}

async function readAll(folder: string): Promise<readonly Entry[]> {
  const reader = await openLogReader(folderSource(join(folder, AUDIT_LOG_FOLDERS.log)), POLICY)
  const check = createCountCheck()
  const entries: Entry[] = []
  for await (const placed of reader.entries()) {
    expect(check.push(placed)).toEqual([])
    entries.push(parseEntry(placed.bytes))
  }
  return entries
}

/** Counts by a simple loop, and checks each entry that states counts. */
function expectCounted(entries: readonly Entry[]): void {
  const seqs: Record<string, number[]> = {}
  for (const entry of entries) {
    if (entry.kind === 'continuation' && entry.v === 2 && entry.country !== null) {
      seqs[entry.country] ??= []
      seqs[entry.country]?.push(entry.seq ?? 0)
    }
    if ((entry.kind === 'start' || entry.kind === 'stop') && entry.v === 2) {
      expect(entry.counts).toEqual(Object.fromEntries(Object.entries(seqs).map(([key, all]) => [key, all.length])))
    }
  }
  for (const all of Object.values(seqs)) expect(all).toEqual(all.map((_, at) => at + 1))
}

const round = fc.record({
  requests: fc.array(
    fc.record({ countries: fc.subarray(['GT', 'HN', 'SV']), isKnown: fc.boolean(), isDiskFull: fc.boolean() }),
    { maxLength: 12 },
  ),
  isBurst: fc.boolean(),
  end: fc.constantFrom('STOP' as const, 'CRASH' as const),
})

it('the parts of each country count from 1 without gaps, over any restarts, crashes and full disks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 4 }), async (rounds) => {
      let folder = await makeFolder()
      const answered: string[] = []
      for (const { requests, isBurst, end } of rounds) {
        const disk = { isFull: false }
        const record = await open(folder, disk)
        const asked = []
        for (const { countries, isKnown, isDiskFull } of requests) {
          disk.isFull = isDiskFull
          asked.push(ask(record, countries, isKnown ? CALLER : null))
          if (!isBurst) await asked.at(-1)
        }
        if (end === 'STOP' || isBurst) await sleep(2)
        if (!isBurst || end === 'STOP') answered.push(...(await Promise.all(asked)).filter((id) => id !== undefined))
        disk.isFull = false
        if (end === 'CRASH') {
          // Whatever a process that was killed now would have left on the disk.
          const copy = await makeFolder()
          await cp(folder, copy, { recursive: true, filter: (path) => !path.includes('unfinished') })
          folder = copy
        }
        await Promise.all(asked)
        await record.close()
      }
      const last = await open(folder, { isFull: false })
      await last.close()
      const entries = await readAll(folder)
      expectCounted(entries)
      const recorded = new Set(entries.map(({ id }) => id))
      expect(answered.filter((id) => !recorded.has(id))).toEqual([])
      for (const entry of entries) {
        if (entry.kind !== 'request') continue
        const parts = entries.filter((each) => each.kind === 'continuation' && each.of === entry.id)
        expect(parts).toHaveLength(entry.continuations)
      }
    }),
    { numRuns: 12 },
  )
})
