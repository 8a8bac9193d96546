import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openLog } from '../../audit/log/log.ts'
import { findSalt } from '../../audit/salts/salts.ts'
import { readEntries } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { AUDIT_LOG_FOLDERS } from '../../service/audit-log/recorder.ts'
import type { EndedRequest } from '../types/request-log.ts'
import { type GatewayAuditLog, openAuditLog } from './audit-log.ts'
import { CALLER, contextWith, KEYS, PERSONAL, SIGNER } from './testing.ts'

const closing: Array<() => Promise<unknown>> = []
afterEach(async () => {
  vi.useRealTimers()
  for (const close of closing.splice(0).reverse()) await close()
})

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-record-'))
  closing.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

const OPTIONS = { version: '0.0.0', signer: SIGNER, keys: KEYS, log: pino({ level: 'silent' }) }

async function entriesOf(folder: string, size: number): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for await (const { bytes } of readEntries(folderSource(join(folder, AUDIT_LOG_FOLDERS.log)), size))
    entries.push(parseEntry(bytes))
  return entries
}

function ended(record: GatewayAuditLog, caller: typeof CALLER | null = CALLER): EndedRequest {
  const requestId = createUuidV7(Date.now())
  const context = contextWith(record.begin(), caller, requestId)
  return { context, status: 200, codes: [], durationMs: 1 }
}

/** A log in a folder, whose disk is full while `disk.isFull`. */
async function openBreakable(folder: string, disk: { isFull: boolean }) {
  const log = await openLog({ folder: join(folder, 'log'), salts: join(folder, 'salts'), signer: SIGNER })
  const full = () => Promise.reject(Object.assign(new Error(`no space left on device, ${folder}`), { code: 'ENOSPC' }))
  const append: typeof log.append = (...args) => (disk.isFull ? full() : log.append(...args))
  const appendTexts: typeof log.appendTexts = (...args) => (disk.isFull ? full() : log.appendTexts(...args))
  return { ...log, append, appendTexts }
}

describe('the audit log', () => {
  it('has each request’s entry on the disk when `end` resolves, and the salt beside it', async () => {
    const folder = await makeFolder()
    const record = await openAuditLog({ ...OPTIONS, folder })
    const requests = Array.from({ length: 50 }, () => ended(record))
    await Promise.all(requests.map(record.end))
    await record.close()
    const entries = (await entriesOf(folder, record.entries.size())).slice(1, -1)
    const ids = entries.flatMap(({ kind, id }) => (kind === 'request' ? [id] : []))
    expect(entries).toHaveLength(2 * ids.length)
    expect(new Set(ids)).toEqual(new Set(requests.map(({ context }) => context.requestId)))
    const salts = join(folder, AUDIT_LOG_FOLDERS.salts)
    for (const id of ids) expect(await findSalt(salts, id)).toMatchObject({ kind: 'KEPT' })
  })

  it('counts rejections of unknown callers by code and minute, and writes no salt for them', async () => {
    const folder = await makeFolder()
    let now = Date.parse('2026-11-24T20:15:30Z')
    const record = await openAuditLog({ ...OPTIONS, folder, now: () => now })
    for (let at = 0; at < 1_000; at++) record.countRejection('TOKEN_INVALID')
    record.countRejection('TOKEN_MISSING')
    ended(record, null)
    now += 60_000
    record.countRejection('TOKEN_INVALID')
    await record.close()
    expect(record.entries.size()).toBe(5)
    const told = (await entriesOf(folder, 5)).slice(1, -1).map((entry) => (entry.kind === 'refusals' ? entry : null))
    expect(told.map((entry) => [entry?.minute, entry?.code, entry?.count])).toEqual([
      ['2026-11-24T20:15:00.000Z', 'TOKEN_INVALID', 1_000],
      ['2026-11-24T20:15:00.000Z', 'TOKEN_MISSING', 1],
      ['2026-11-24T20:16:00.000Z', 'TOKEN_INVALID', 1],
    ])
    await expect(readdir(join(folder, AUDIT_LOG_FOLDERS.salts, 'hours'))).rejects.toThrow('ENOENT')
  })

  it('writes a thousand rejections of a caller who sends too much as six entries with five salts', async () => {
    const folder = await makeFolder()
    const now = Date.parse('2026-11-24T20:15:30Z')
    const pauses: number[] = []
    const pause = async (ms: number): Promise<void> => void pauses.push(ms)
    const record = await openAuditLog({ ...OPTIONS, folder, now: () => now, pause })
    const requests = Array.from({ length: 1_000 }, () => ({ ...ended(record), status: 429, codes: ['RATE_LIMITED'] }))
    const sizes = await Promise.all(requests.map(record.end))
    expect(sizes.filter(({ bytes, prove }) => bytes > 0 && prove !== null)).toHaveLength(5)
    // An answer that waits for no entry waits all the same.
    expect(pauses).toEqual(Array.from({ length: 995 }, () => 100))
    await record.close()
    const entries = (await entriesOf(folder, record.entries.size())).slice(1, -1)
    // Each request has a part of its officer's country.
    const kinds = Array.from({ length: 5 }, () => ['request', 'continuation']).flat()
    expect(entries.map(({ kind }) => kind)).toEqual([...kinds, 'refusals'])
    const [first, counted] = [entries[0], entries[10]]
    if (first?.kind !== 'request' || counted?.kind !== 'refusals') throw new Error('expected entries of both kinds')
    expect(counted).toMatchObject({ minute: '2026-11-24T20:15:00.000Z', code: 'RATE_LIMITED', count: 995 })
    expect(counted.actor).toEqual(first.actor)
  })

  it('lets no answer leave while the disk is full, says so without a path, and recovers by itself', async () => {
    const folder = await makeFolder()
    const disk = { isFull: false }
    const lines: string[] = []
    const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
    const record = await openAuditLog({ ...OPTIONS, log, folder, openedLog: await openBreakable(folder, disk) })
    await record.end(ended(record))
    expect([record.isWritable(), await record.unready()]).toEqual([true, null])

    disk.isFull = true
    await expect(record.end(ended(record))).rejects.toThrow()
    expect([record.isWritable(), await record.unready()]).toEqual([false, 'RECORD_UNAVAILABLE'])
    expect(lines.join()).toMatch(/ENOSPC/)
    expect(lines.join()).not.toContain(folder)
    record.countRejection('RECORD_UNAVAILABLE')

    disk.isFull = false
    await vi.waitFor(() => expect(record.isWritable()).toBe(true), { timeout: 10_000 })
    await record.end(ended(record))
    await record.close()
    const entries = await entriesOf(folder, record.entries.size())
    const kinds = ['start', 'request', 'continuation', 'refusals', 'request', 'continuation', 'stop']
    expect(entries.map(({ kind }) => kind)).toEqual(kinds)
    expect(entries[3]).toMatchObject({ code: 'RECORD_UNAVAILABLE', count: 2 })
  })

  it('is not ready if its folder is removed', async () => {
    const folder = await makeFolder()
    const record = await openAuditLog({
      ...OPTIONS,
      folder: join(folder, 'gone'),
      openedLog: await openBreakable(folder, { isFull: false }),
    })
    await rm(join(folder, 'gone'), { recursive: true })
    expect(await record.unready()).toBe('DISK_NEARLY_FULL')
    await record.close()
  })

  it('stores texts by their hash, each once', async () => {
    const folder = await makeFolder()
    const record = await openAuditLog({ ...OPTIONS, folder })
    const names = [await record.keep('permit'), await record.keep('forbid'), await record.keep('permit')]
    expect(names[0]).toBe(names[2])
    expect(await readFile(join(folder, AUDIT_LOG_FOLDERS.kept, names[0] ?? ''), 'utf8')).toBe('permit')
    await record.close()
  })

  it('has no text of the token or the request in any of its files', async () => {
    const folder = await makeFolder()
    const record = await openAuditLog({ ...OPTIONS, folder })
    await record.end(ended(record))
    await record.close()
    const names = await readdir(folder, { recursive: true, withFileTypes: true })
    for (const name of names.filter((each) => each.isFile())) {
      const text = await readFile(join(name.parentPath, name.name), 'latin1')
      for (const secret of Object.values(PERSONAL)) expect(text).not.toContain(Buffer.from(secret).toString('latin1'))
    }
  })
})
