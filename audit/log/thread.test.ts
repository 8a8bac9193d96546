import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'
import { LogDamagedError } from '../finding.ts'
import { openCheckpoint } from '../note/checkpoint.ts'
import { NoteError } from '../note/key.ts'
import { formatSignatureLine, parseNote, parseSignatureLine, signText } from '../note/note.ts'
import { parsePolicy } from '../note/policy.ts'
import { parseTlogProof, provesEntry } from '../note/tlog-proof.ts'
import { eraseSalt, findSalt } from '../salts/salts.ts'
import { readEntries } from '../verify/read-log.ts'
import { folderSource } from '../verify/source.ts'
import { verifyLog } from '../verify/verify-log.ts'
import { type Log, type LogOptions, openLog } from './log.ts'
import { ReplacedKeyError, SaltStoreMissingError } from './recover.ts'
import { newSigner } from './testing.ts'
import { describeError, restoreError } from './thread.ts'

const signer = newSigner('log.example/hn')
const policy = parsePolicy(`log ${signer.verifier.vkey}\nquorum none\n`)
const entry = (index: number) => Buffer.from(`{"entry":${index}}`)

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-log-thread-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function open(options: Partial<LogOptions> = {}): Promise<Log> {
  const places = { folder: join(folder, 'log'), salts: join(folder, 'salts') }
  return openLog({ ...places, signer, hasThread: true, publishAfterMs: 1_000_000, ...options })
}

async function expectWhole(texts: readonly string[]): Promise<void> {
  const source = folderSource(join(folder, 'log'))
  expect(await verifyLog(source, policy)).toMatchObject({ size: texts.length, findings: [] })
  const found: string[] = []
  for await (const { bytes } of readEntries(source, texts.length)) found.push(Buffer.from(bytes).toString())
  expect(found).toEqual(texts)
}

describe('a log with a thread of its own', () => {
  it('appends, proves, publishes and stores cosignatures as one without does', async () => {
    const log = await open()
    const entries = Array.from({ length: 300 }, (_, at) => entry(at))
    const ids = entries.map(() => createUuidV7(Date.now()))
    const receipts = await Promise.all(
      entries.map((bytes, at) => log.append(bytes, [{ id: ids[at] ?? '', salt: Buffer.alloc(32, at) }])),
    )
    expect(receipts.map(({ index }) => index)).toEqual(entries.map((_, at) => at))
    for (const at of [0, 255, 299]) {
      const proof = parseTlogProof(await (receipts[at] ?? expect.fail()).proof())
      expect(provesEntry(entry(at), proof, openCheckpoint(proof.checkpoint, signer.verifier))).toBe(true)
    }
    expect([log.size(), log.published().size]).toEqual([300, 0])
    await log.publish()
    expect(log.published()).toEqual(log.latest())
    expect(Buffer.from(await log.root(300))).toEqual(Buffer.from(log.openCheckpoint(log.latest().note).root))
    expect(await log.consistency(7, 300)).not.toEqual([])
    const witness = newSigner('w.example', 'cosignature')
    const line = parseSignatureLine(formatSignatureLine(signText(parseNote(log.published().note).text, witness)).trim())
    expect(await log.addCosignatures(log.published().note, [line])).toContain('— w.example ')
    expect(log.published().note).toContain('— w.example ')
    await log.close()
    for (const [at, id] of ids.entries()) {
      expect(await findSalt(join(folder, 'salts'), id)).toEqual({ kind: 'KEPT', salt: Buffer.alloc(32, at) })
    }
    await expectWhole(entries.map(String))
    await expect(log.append(entry(0))).rejects.toThrow('the log is closed')
  })

  it('commits what came while it wrote together, and publishes by itself', async () => {
    const log = await open({ publishAfterMs: 20 })
    await Promise.all(
      Array.from({ length: 40 }, async (_, at) => {
        await sleep(at / 4)
        await log.append(entry(at))
      }),
    )
    await vi.waitFor(() => expect(log.published().size).toBe(40), { timeout: 10_000 })
    await log.close()
  })

  it('locks its folder, also if the lock file is deleted, and releases it', async () => {
    const log = await open()
    await rm(join(folder, 'log/lock'))
    await expect(open({ hasThread: false })).rejects.toThrow(FolderInUseError)
    await log.close()
    await (await open()).close()
  })

  it('rejects with the errors of a log without a thread', async () => {
    const log = await open()
    await expect(log.append(Buffer.alloc(65_536))).rejects.toThrow(RangeError)
    await expect(log.inclusion(5, 9)).rejects.toThrow(RangeError)
    await expect(log.addCosignatures('no note', [])).rejects.toThrow(NoteError)
    await log.append(entry(0))
    await log.close()
    const other = newSigner('log.example/hn')
    await expect(open({ signer: other })).rejects.toThrow(LogDamagedError)
    await writeFile(join(folder, 'log/checkpoint'), 'x')
    const opening = open()
    await expect(opening).rejects.toThrow('SIGNATURE checkpoint')
    await expect(opening).rejects.toMatchObject({ findings: [{ kind: 'SIGNATURE' }] })
  })

  it('hands over each class of error that callers look at, with its code', () => {
    const rotation = { index: 1, newKey: signer.verifier } as never
    const errors = [
      ...[new RangeError('a'), new TypeError('b'), new NoteError('c'), new LogDamagedError([])],
      ...[new ReplacedKeyError(rotation, signer), new SaltStoreMissingError('journal/0'), new Error('d')],
      Object.assign(new Error('no space'), { code: 'ENOSPC' }),
    ]
    for (const error of errors) {
      const restored = restoreError(structuredClone(describeError(error)))
      expect(restored).toBeInstanceOf(error.constructor)
      expect([restored.name, restored.message, (restored as NodeJS.ErrnoException).code]).toEqual([
        error.name,
        error.message,
        (error as NodeJS.ErrnoException).code,
      ])
    }
    expect(restoreError(describeError('text')).message).toBe('text')
  })

  it('appends nothing while the disk refuses, and goes on when it does not', async () => {
    const log = await open()
    // A folder stands where the journal file would be.
    await mkdir(join(folder, 'log/journal/0000000000000000.v2'), { recursive: true })
    await expect(log.append(entry(0))).rejects.toMatchObject({ code: 'EISDIR' })
    expect(log.size()).toBe(0)
    await rm(join(folder, 'log/journal/0000000000000000.v2'), { recursive: true })
    expect((await log.append(entry(1))).index).toBe(0)
    await log.close()
    await expectWhole(['{"entry":1}'])
  })
})

describe('a log whose thread ends', () => {
  let newest: Worker | undefined
  const note = (worker: Worker): void => {
    newest = worker
  }
  beforeEach(() => void process.on('worker', note))
  afterEach(() => void process.off('worker', note))

  /** Ends the log's thread in the middle of what it does, as running out of memory would. */
  async function endThread(): Promise<void> {
    await newest?.terminate()
  }

  it('rejects what is pending, opens again by itself, and keeps each acknowledged entry with its salt', async () => {
    const ends: unknown[] = []
    const log = await open({ onThreadEnd: (error) => void ends.push(error) })
    const acknowledged = new Map<string, string>()
    const rejected: unknown[] = []
    for (let round = 0; round < 4; round++) {
      // Now the log is open in its thread.
      await log.root(0)
      const appends = Array.from({ length: 30 }, async (_, at) => {
        await sleep(at * 2)
        const id = createUuidV7(Date.now())
        const text = `${round}-${at}`
        await log.append(Buffer.from(text), [{ id, salt: Buffer.alloc(16, at) }]).then(
          () => acknowledged.set(text, id),
          (error: unknown) => rejected.push(error),
        )
      })
      await sleep(15 + 10 * round)
      await endThread()
      await Promise.all(appends)
    }
    expect(ends).toHaveLength(4)
    expect(rejected.length).toBeGreaterThan(0)
    for (const error of rejected) expect(error).toMatchObject({ name: 'LogThreadEndedError' })
    await log.append(Buffer.from('after'))
    expect(await eraseSalt(join(folder, 'salts'), [...acknowledged.values()][0] ?? '')).toBe(true)
    const size = log.size()
    await log.close()
    const texts: string[] = []
    for await (const { bytes } of readEntries(folderSource(join(folder, 'log')), size)) {
      texts.push(Buffer.from(bytes).toString())
    }
    expect(new Set(texts).size).toBe(texts.length)
    expect(texts).toEqual(expect.arrayContaining([...acknowledged.keys(), 'after']))
    expect(await verifyLog(folderSource(join(folder, 'log')), policy)).toMatchObject({ size, findings: [] })
    for (const [at, [text, id]] of [...acknowledged].entries()) {
      const salt = Buffer.alloc(16, Number(text.split('-')[1]))
      expect(await findSalt(join(folder, 'salts'), id)).toEqual(at === 0 ? { kind: 'ERASED' } : { kind: 'KEPT', salt })
    }
  })

  it('says why it cannot open again, until it can', async () => {
    const log = await open()
    await log.append(entry(0))
    await log.publish()
    const checkpoint = await readFile(join(folder, 'log/checkpoint'))
    await writeFile(join(folder, 'log/checkpoint'), 'x')
    await endThread()
    await expect(log.append(entry(1))).rejects.toThrow(LogDamagedError)
    await writeFile(join(folder, 'log/checkpoint'), checkpoint)
    expect((await log.append(entry(2))).index).toBe(1)
    await log.close()
    expect(await readdir(join(folder, 'log/journal'))).toEqual([])
    await expectWhole(['{"entry":0}', '{"entry":2}'])
  })
})
