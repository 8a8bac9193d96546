import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { readEntries } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { HEARTBEAT_EVERY_MS } from '../../service/audit-log/heartbeat.ts'
import { AUDIT_LOG_FOLDERS } from '../../service/audit-log/recorder.ts'
import { openAuditLog } from './audit-log.ts'
import { CALLER, contextWith, KEYS, SIGNER } from './testing.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-heartbeat-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('a gateway writes a heartbeat with the counts every ten minutes, whatever else it writes', async () => {
  let nowMs = Date.parse('2026-11-24T20:15:00.000Z')
  const log = pino({ level: 'silent' })
  const record = await openAuditLog({
    ...{ version: '0.0.0', signer: SIGNER, keys: KEYS, log, folder, now: () => nowMs },
  })
  const ask = () => {
    const context = contextWith(record.begin(), CALLER, createUuidV7(nowMs))
    return record.end({ context, status: 200, codes: [], durationMs: 1 })
  }
  const beat = (size: number) => vi.waitFor(() => expect(record.entries.size()).toBe(size), { timeout: 10_000 })
  await ask()
  nowMs += HEARTBEAT_EVERY_MS - 1_000
  await ask()
  expect(record.entries.size()).toBe(5)
  nowMs += 1_000
  await beat(6)
  await ask()
  // A clock that is set back, even by a day, does not silence it.
  nowMs -= 24 * HEARTBEAT_EVERY_MS
  await beat(9)
  await record.close()
  const entries: Entry[] = []
  const source = folderSource(join(folder, AUDIT_LOG_FOLDERS.log))
  for await (const { bytes } of readEntries(source, record.entries.size())) entries.push(parseEntry(bytes))
  const beats = entries.flatMap((entry) => (entry.kind === 'heartbeat' ? [entry] : []))
  expect(beats.map(({ time, counts }) => [time, counts])).toEqual([
    ['2026-11-24T20:25:00.000Z', { GT: 2 }],
    ['2026-11-24T16:25:00.000Z', { GT: 3 }],
  ])
  expect(entries.at(-1)).toMatchObject({ kind: 'stop', v: 2, counts: { GT: 3 } })
})
