import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openLog } from '../../audit/log/log.ts'
import { newSigner } from '../../audit/log/testing.ts'
import { findSalt } from '../../audit/salts/salts.ts'
import { readEntries } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import { AUDIT_LOG_FOLDERS, type OwnEntries, openRecorder, type RecorderOptions } from './recorder.ts'

const SIGNER = newSigner('istmo.example/test')
const GATEWAY: OwnEntries = {
  start: (base, repairs) => ({ ...base, gateway: 'g', kind: 'start', version: '1.2.3', repairs }),
  rejections: (base, count) => ({ ...base, gateway: 'g', kind: 'refusals', ...count }),
  stop: (base) => ({ ...base, gateway: 'g', kind: 'stop' }),
}
const NODE: OwnEntries = {
  async start(base, repairs, keep) {
    const access = await keep('the rules')
    return {
      ...{ ...base, node: 'n', kind: 'node-start', country: 'HN', domains: ['cases'], repairs },
      ...{ access, policySet: access },
    }
  },
  rejections: (base, count) => ({ ...base, node: 'n', kind: 'node-refusals', country: 'HN', ...count }),
  stop: (base) => ({ ...base, node: 'n', kind: 'node-stop', country: 'HN' }),
}

const closing: Array<() => Promise<unknown>> = []
afterEach(async () => {
  vi.useRealTimers()
  for (const close of closing.splice(0).reverse()) await close()
})

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-recorder-'))
  closing.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

function collectLines() {
  const lines: string[] = []
  const note = (...parts: readonly unknown[]): void => void lines.push(JSON.stringify(parts))
  return { lines, log: { info: note, warn: note, error: note } }
}

function optionsFor(folder: string, options: Partial<RecorderOptions> = {}): RecorderOptions {
  const { log } = collectLines()
  return { folder, signer: SIGNER, hasSalts: true, ownEntries: GATEWAY, log, ...options }
}

async function entriesOf(folder: string, size: number): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for await (const { bytes } of readEntries(folderSource(join(folder, AUDIT_LOG_FOLDERS.log)), size))
    entries.push(parseEntry(bytes))
  return entries
}

/** The characters of a UUIDv7 that say its millisecond, with their hyphen (RFC 9562, section 5.7). */
const TIME_LENGTH = 13

/** A log in a folder, whose disk is full while `disk.isFull`. */
async function openBreakable(folder: string, disk: { isFull: boolean }) {
  const log = await openLog({ folder: join(folder, 'log'), salts: join(folder, 'salts'), signer: SIGNER })
  const full = () => Promise.reject(Object.assign(new Error(`no space left on device, ${folder}`), { code: 'ENOSPC' }))
  const append: typeof log.append = (...args) => (disk.isFull ? full() : log.append(...args))
  return { ...log, append }
}

describe('a recorder', () => {
  it.each<[string, OwnEntries, readonly string[]]>([
    ['a gateway', GATEWAY, ['start', 'refusals', 'stop']],
    ['a national node', NODE, ['node-start', 'node-refusals', 'node-stop']],
  ])('writes the start, the counted rejections and the stop in the form of %s', async (_, ownEntries, kinds) => {
    const folder = await makeFolder()
    const recorder = await openRecorder(optionsFor(folder, { ownEntries }))
    recorder.countRejection('TOKEN_INVALID')
    await recorder.close()
    const entries = await entriesOf(folder, recorder.entries.size())
    expect(entries.map(({ kind }) => kind)).toEqual(kinds)
    // Ids of one millisecond have no order: what ascends is the time in them.
    const times = entries.map(({ id }) => id.slice(0, TIME_LENGTH))
    expect(times).toEqual(times.toSorted())
  })

  it('gives an entry and its id the same time', async () => {
    const folder = await makeFolder()
    let nowMs = Date.parse('2026-11-24T20:15:17.123Z')
    const recorder = await openRecorder(optionsFor(folder, { now: () => nowMs++ }))
    const { id, time } = recorder.newBase()
    await recorder.close()
    expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(Date.parse(time))
  })

  it('returns each written entry with its receipt, in the order of the entries', async () => {
    const recorder = await openRecorder(optionsFor(await makeFolder()))
    const written = await recorder.append(['suspended', 'again'].map(() => GATEWAY.stop(recorder.newBase())))
    expect(written.map(({ receipt }) => receipt.index)).toEqual([1, 2])
    expect(written.map(({ bytes }) => parseEntry(bytes).kind)).toEqual(['stop', 'stop'])
    expect(await written[0]?.receipt.proof()).toContain('c2sp.org/tlog-proof')
    await recorder.close()
  })

  it('writes the counts of a minute by itself when the minute is over', async () => {
    const folder = await makeFolder()
    let nowMs = Date.parse('2026-11-24T20:15:59Z')
    const recorder = await openRecorder(optionsFor(folder, { now: () => nowMs }))
    for (let at = 0; at < 1_000; at++) recorder.countRejection('TOKEN_INVALID')
    nowMs += 2_000
    recorder.countRejection('TOKEN_MISSING')
    await vi.waitFor(() => expect(recorder.entries.size()).toBe(2), { timeout: 10_000 })
    await recorder.close()
    const entries = await entriesOf(folder, recorder.entries.size())
    expect(entries.slice(1, -1)).toMatchObject([
      { kind: 'refusals', minute: '2026-11-24T20:15:00.000Z', code: 'TOKEN_INVALID', count: 1_000 },
      { kind: 'refusals', minute: '2026-11-24T20:16:00.000Z', code: 'TOKEN_MISSING', count: 1 },
    ])
  })

  it('says that it cannot write while the disk is full, shows no path, and recovers by itself', async () => {
    const folder = await makeFolder()
    const disk = { isFull: false }
    const { lines, log } = collectLines()
    const recorder = await openRecorder(optionsFor(folder, { log, openedLog: await openBreakable(folder, disk) }))
    expect([recorder.isWritable(), await recorder.unready()]).toEqual([true, null])

    disk.isFull = true
    await expect(recorder.append([GATEWAY.stop(recorder.newBase())])).rejects.toThrow('no space')
    expect([recorder.isWritable(), await recorder.unready()]).toEqual([false, 'RECORD_UNAVAILABLE'])
    expect(recorder.failure()).toBe('its disk is full (ENOSPC)')
    recorder.countRejection('TOKEN_MISSING')

    disk.isFull = false
    await vi.waitFor(() => expect(recorder.isWritable()).toBe(true), { timeout: 10_000 })
    await recorder.close()
    const entries = await entriesOf(folder, recorder.entries.size())
    expect(entries.slice(1, -1)).toMatchObject([
      { code: 'RECORD_UNAVAILABLE', count: 1 },
      { code: 'TOKEN_MISSING', count: 1 },
    ])
    expect(lines).toHaveLength(2)
    expect(JSON.parse(lines[0] ?? '')[0]).toMatchObject({
      code: 'ENOSPC',
      reason: 'its disk is full (ENOSPC)',
      remedy: expect.stringContaining('Free or repair the disk of the audit log'),
    })
    expect(lines.join()).not.toContain(folder)
  })

  it('has the salts of an entry on the disk when the entry is written', async () => {
    const folder = await makeFolder()
    const recorder = await openRecorder(optionsFor(folder))
    const bases = [1, 2].map(() => recorder.newBase())
    const salts = bases.map(({ id }, at) => ({ id, salt: Buffer.alloc(16 * (at + 1), at + 7) }))
    await recorder.append(bases.map(GATEWAY.stop), salts)
    await recorder.close()
    for (const { id, salt } of salts) expect(await findSalt(join(folder, 'salts'), id)).toEqual({ kind: 'KEPT', salt })
  })

  it('keeps writing after a salt that nobody can store', async () => {
    const recorder = await openRecorder(optionsFor(await makeFolder()))
    const base = recorder.newBase()
    const short = [{ id: base.id, salt: Buffer.alloc(15) }]
    await expect(recorder.append([GATEWAY.stop(base)], short)).rejects.toThrow('16 to 32 bytes; 15 came')
    expect([recorder.isWritable(), recorder.entries.size()]).toEqual([true, 1])
    await recorder.close()
  })

  it('keeps writing after an entry of ours that has no canonical form', async () => {
    const recorder = await openRecorder(optionsFor(await makeFolder()))
    const wrong = { ...GATEWAY.stop(recorder.newBase()), time: Number.NaN } as unknown as Entry
    await expect(recorder.append([wrong])).rejects.toThrow()
    expect(recorder.isWritable()).toBe(true)
    await recorder.close()
  })

  it('is not ready if its folder is gone, and says so once with the remedy, and once when there is room again', async () => {
    const folder = await makeFolder()
    const openedLog = await openBreakable(folder, { isFull: false })
    const { lines, log } = collectLines()
    const recorder = await openRecorder(optionsFor(join(folder, 'gone'), { openedLog, log }))
    await rm(join(folder, 'gone'), { recursive: true })
    lines.splice(0)
    for (let asked = 0; asked < 2; asked += 1) expect(await recorder.unready()).toBe('DISK_NEARLY_FULL')
    await mkdir(join(folder, 'gone'))
    expect(await recorder.unready()).toBeNull()
    expect(lines).toEqual([
      expect.stringMatching(
        /Free the disk of the audit log \(--audit-log-dir\).*not ready: the disk of the audit log is nearly full/,
      ),
      expect.stringContaining('ready: the disk of the audit log has room again'),
    ])
    await recorder.close()
  })

  it('creates no store if it has no salts, and throws if it is asked for one', async () => {
    const folder = await makeFolder()
    const recorder = await openRecorder(optionsFor(folder, { hasSalts: false, ownEntries: NODE }))
    const base = recorder.newBase()
    const salts = [{ id: base.id, salt: Buffer.alloc(32) }]
    await expect(recorder.append([NODE.stop(base)], salts)).rejects.toThrow(TypeError)
    await recorder.close()
    expect((await readdir(folder)).toSorted()).toEqual(['kept', 'log'])
  })

  it('stores texts by their hash, each once', async () => {
    const folder = await makeFolder()
    const recorder = await openRecorder(optionsFor(folder))
    const names = [await recorder.keep('permit'), await recorder.keep('forbid'), await recorder.keep('permit')]
    await recorder.close()
    expect(names[0]).toBe(names[2])
    expect(await readFile(join(folder, AUDIT_LOG_FOLDERS.kept, names[0] ?? ''), 'utf8')).toBe('permit')
  })

  it('releases the folder if its start entry cannot be built', async () => {
    const folder = await makeFolder()
    const start = () => Promise.reject(new Error('no rules'))
    await expect(openRecorder(optionsFor(folder, { ownEntries: { ...GATEWAY, start } }))).rejects.toThrow('no rules')
    const recorder = await openRecorder(optionsFor(folder))
    await recorder.close()
    expect(recorder.entries.size()).toBe(2)
  })

  it('names each kind of repair once in its start entry, and warns', async () => {
    const folder = await makeFolder()
    const { lines, log } = collectLines()
    const openedLog = await openBreakable(folder, { isFull: false })
    const repairs = [1, 2].map((size) => ({ kind: 'CHECKPOINT_SIGNED', size }) as never)
    const recorder = await openRecorder(optionsFor(folder, { log, openedLog: { ...openedLog, repairs } }))
    await recorder.close()
    expect((await entriesOf(folder, 2))[0]).toMatchObject({ kind: 'start', repairs: ['CHECKPOINT_SIGNED'] })
    expect(lines.join()).toContain('repaired')
  })
})
