import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'
import { someOf } from '../../tests/share.ts'
import { LogDamagedError } from '../finding.ts'
import { hashLeaf } from '../merkle/hash.ts'
import { isConsistent } from '../merkle/proof.ts'
import { plainRoot } from '../merkle/testing.ts'
import { openCheckpoint } from '../note/checkpoint.ts'
import { formatSignatureLine, parseNote, parseSignatureLine, signText } from '../note/note.ts'
import { parsePolicy } from '../note/policy.ts'
import { parseTlogProof, provesEntry } from '../note/tlog-proof.ts'
import { readEntries } from '../verify/read-log.ts'
import { verifyLog } from '../verify/verify-log.ts'
import { canonicalBytes } from './canonical.ts'
import { freeShare, hasRoom } from './folder-storage.ts'
import { decodeNotes, encodeFrame } from './history.ts'
import { decodeJournal, HEADER_BYTES } from './journal-frames.ts'
import { type Log, openLog, openLogOn, type Receipt } from './log.ts'
import { createMemoryStorage, newSigner, PowerCut, type Tear } from './testing.ts'

const signer = newSigner('log.example/hn')
const policy = parsePolicy(`log ${signer.verifier.vkey}\nquorum none\n`)
const entry = (index: number) => Buffer.from(`{"entry":${index}}`)
const entries = (count: number, from = 0) => Array.from({ length: count }, (_, at) => entry(from + at))
/** The log publishes only when a test calls `publish`. */
const BY_HAND = { signer, publishAfterMs: 1_000_000 }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-log-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function appendAll(log: Log, all: readonly Uint8Array[]): Promise<readonly Receipt[]> {
  return Promise.all(all.map((each) => log.append(each)))
}

async function expectProven(receipt: Receipt, bytes: Uint8Array): Promise<void> {
  const proof = parseTlogProof(await receipt.proof())
  expect(proof).toMatchObject({ index: receipt.index, checkpoint: receipt.checkpoint })
  expect(provesEntry(bytes, proof, openCheckpoint(proof.checkpoint, signer.verifier))).toBe(true)
}

describe('the pace of a log', () => {
  it('begins each commit, with all that has come by then, and no append ends before', async () => {
    let begin = (): void => undefined
    const counts: (() => number)[] = []
    const pace = (count: () => number): Promise<void> =>
      new Promise((resolve) => {
        counts.push(count)
        begin = resolve
      })
    const log = await openLogOn(createMemoryStorage(), { ...BY_HAND, pace })
    let ended = 0
    const appending: Promise<Receipt>[] = []
    for (const one of entries(4)) {
      appending.push(log.append(one).finally(() => ended++))
      await nextTurn()
    }
    expect({ ended, commits: counts.length, wait: counts[0]?.() }).toEqual({ ended: 0, commits: 1, wait: 4 })
    begin()
    const receipts = await Promise.all(appending)
    expect(receipts.map(({ index }) => index)).toEqual([0, 1, 2, 3])
    expect(new Set(receipts.map(({ checkpoint }) => checkpoint)).size).toBe(1)
  })
})

describe('a log', () => {
  it('returns a receipt that proves the entry, at once and later', async () => {
    const log = await openLogOn(createMemoryStorage(), BY_HAND)
    const receipts: Receipt[] = []
    for (const size of [1, 2, 254, 3, 300]) {
      const more = await appendAll(log, entries(size, receipts.length))
      await expectProven(more.at(-1) ?? expect.fail(), entry(receipts.length + size - 1))
      receipts.push(...more)
      if (size === 3) await log.publish()
    }
    expect(receipts.map(({ index }) => index)).toEqual(Array.from({ length: 560 }, (_, at) => at))
    for (const [at, receipt] of receipts.entries()) await expectProven(receipt, entry(at))
    const { root } = openCheckpoint(log.latest().note, signer.verifier)
    expect(Buffer.from(root)).toEqual(Buffer.from(plainRoot(entries(560))))
    const head = (at: number) => openCheckpoint(receipts[at]?.checkpoint ?? '', signer.verifier)
    expect(isConsistent(head(0), head(559), await log.consistency(1, 560))).toBe(true)
  })

  it('commits entries that arrived during a sync in one write with one checkpoint', async () => {
    const storage = createMemoryStorage()
    const log = await openLogOn(storage, BY_HAND)
    const first = log.append(entry(0))
    const second = first.then(() => undefined)
    await new Promise((resolve) => setImmediate(resolve))
    const rest = await appendAll(log, entries(63, 1))
    await second
    // The first commit creates the journal file, and the second one overwrites zeroes in it.
    expect([storage.appends(), storage.overwrites()]).toEqual([1, 1])
    expect(new Set(rest.map(({ checkpoint }) => checkpoint)).size).toBe(1)
    await log.publish()
    const history = decodeNotes(storage.files.get('checkpoints/000') ?? Buffer.alloc(0))
    expect(history.notes.map((note) => openCheckpoint(note, signer.verifier).size)).toEqual([1, 64])
  })

  it('appends texts as it appends entries, all of a call in one commit, in UTF-8', async () => {
    const texts = [...entries(300).map(String), '{"entry":"é\u{1f600}"}', '{"entry":300}']
    const [storage, plain] = [createMemoryStorage(), createMemoryStorage()]
    const [log, other] = [await openLogOn(storage, BY_HAND), await openLogOn(plain, BY_HAND)]
    const receipts = await log.appendTexts(texts)
    expect(storage.appends() + storage.overwrites()).toBe(1)
    expect(receipts.bytes).toEqual(texts.map((text) => Buffer.byteLength(text)))
    for (const [at, text] of texts.entries()) {
      expect(receipts.receipt(at).index).toBe(at)
      await expectProven(receipts.receipt(at), Buffer.from(text))
    }
    await Promise.all(texts.map((text) => other.append(Buffer.from(text))))
    expect(log.latest()).toEqual(other.latest())
    await Promise.all([log.close(), other.close()])
    for (const name of plain.files.keys()) expect(storage.files.get(name)).toEqual(plain.files.get(name))
    await expect(log.appendTexts(texts)).rejects.toThrow('the log is closed')
  })

  it('appends none of the texts of a call of which one is too long, or whose salt is none', async () => {
    const log = await openLogOn(createMemoryStorage(), { ...BY_HAND, saltStorage: createMemoryStorage() })
    const salt = { id: createUuidV7(0), salt: Buffer.alloc(32) }
    await expect(log.appendTexts(['{}', 'x'.repeat(65_536)])).rejects.toThrow(RangeError)
    await expect(log.appendTexts(['{}'], [{ ...salt, id: 'no id' }])).rejects.toThrow(RangeError)
    await expect(log.appendTexts(['{}'], [{ ...salt, salt: Buffer.alloc(33) }])).rejects.toThrow(RangeError)
    const without = await openLogOn(createMemoryStorage(), BY_HAND)
    await expect(without.appendTexts(['{}'], [salt])).rejects.toThrow(TypeError)
    expect([log.size(), without.size()]).toEqual([0, 0])
    await log.appendTexts(['{}', 'x'.repeat(65_535)], [salt])
    expect(log.size()).toBe(2)
  })

  it('has the files of tlog-tiles and, until it is closed, a journal', async () => {
    const storage = createMemoryStorage()
    const log = await openLogOn(storage, BY_HAND)
    await appendAll(log, entries(3))
    await log.publish()
    expect([...storage.files.keys()].sort()).toEqual([
      'checkpoint',
      'checkpoints/000',
      'journal/0000000000000000.v2',
      'tile/0/000.p/3',
      'tile/entries/000.p/3',
    ])
    await appendAll(log, entries(257, 3))
    await log.close()
    expect([...storage.files.keys()].sort()).toEqual([
      'checkpoint',
      'checkpoints/000',
      'tile/0/000',
      'tile/0/001.p/4',
      'tile/1/000.p/1',
      'tile/entries/000',
      'tile/entries/001.p/4',
    ])
    await expect(log.append(entry(0))).rejects.toThrow('the log is closed')
  })

  it('continues where it ended when it is opened again, in a real folder', async () => {
    const options = { folder: join(folder, 'goes-on'), signer }
    for (let run = 0; run < 4; run++) {
      const log = await openLog(options)
      expect(log.size()).toBe(run * 200)
      expect(log.repairs).toEqual([])
      const receipts = await appendAll(log, entries(200, run * 200))
      await expectProven(receipts[199] ?? expect.fail(), entry(run * 200 + 199))
      await log.close()
    }
  })

  it('accepts entries of up to 65,535 bytes', async () => {
    const log = await openLogOn(createMemoryStorage(), BY_HAND)
    await expect(log.append(Buffer.alloc(65_536))).rejects.toThrow('65536 came')
    expect((await log.append(Buffer.alloc(65_535))).index).toBe(0)
  })

  it('stores cosignatures in the history and in the checkpoint', async () => {
    const storage = createMemoryStorage()
    const log = await openLogOn(storage, BY_HAND)
    await log.append(entry(0))
    await log.publish()
    const witness = newSigner('w.example', 'cosignature')
    const line = parseSignatureLine(formatSignatureLine(signText(parseNote(log.published().note).text, witness)).trim())
    const older = log.published().note
    expect(await log.addCosignatures(older, [line])).toContain('— w.example ')
    expect(Buffer.from(storage.files.get('checkpoint') ?? []).toString()).toContain('— w.example ')
    await log.append(entry(1))
    await log.publish()
    await log.addCosignatures(older, [line])
    expect(log.published().note).not.toContain('— w.example ')
    await expect(log.addCosignatures(older.replace('log.example/hn', 'log.example/gt'), [line])).rejects.toThrow()
    await log.close()
    expect((await openLogOn(storage, BY_HAND)).size()).toBe(2)
  })
})

describe('canonical JSON', () => {
  // RFC 8785, sections 3.2.3 and 3.2.2.
  it('follows RFC 8785', () => {
    expect(Buffer.from(canonicalBytes({ b: [1e30, 4.5, 0.002], a: '€$\n', '\u20ac': null })).toString()).toBe(
      '{"a":"€$\\n","b":[1e+30,4.5,0.002],"€":null}',
    )
    expect(() => canonicalBytes(undefined)).toThrow(TypeError)
    expect(() => canonicalBytes({ a: Number.NaN })).toThrow()
  })
})

describe('a folder', () => {
  it('can be written by only one log at a time', async () => {
    const options = { folder: join(folder, 'one'), signer }
    const log = await openLog(options)
    await expect(openLog(options)).rejects.toThrow(FolderInUseError)
    await log.append(entry(0))
    await log.close()
    const next = await openLog(options)
    expect(next.size()).toBe(1)
    await next.close()
  })

  it('reports how much of its disk is free', async () => {
    expect(await freeShare(folder)).toBeGreaterThan(0)
    expect([await hasRoom(folder, 0), await hasRoom(folder, 1.1)]).toEqual([true, false])
    await expect(freeShare(join(folder, 'not-there'))).rejects.toThrow('ENOENT')
  })
})

/** A short life of a log: commits of one and of several entries, publications, an end. Adds each acknowledged entry to `acknowledged`. */
async function live(storage: ReturnType<typeof createMemoryStorage>, acknowledged: Set<string>): Promise<void> {
  const log = await openLogOn(storage, BY_HAND)
  const add = async (bytes: Uint8Array) => {
    await log.append(bytes)
    acknowledged.add(Buffer.from(bytes).toString())
  }
  const tryTo = (work: Promise<unknown>) =>
    work.catch((error: unknown) => {
      if (error instanceof PowerCut) throw error
    })
  await tryTo(add(entry(0)))
  await tryTo(Promise.all([add(entry(1)), add(entry(2))]))
  await tryTo(log.publish())
  await tryTo(add(entry(3)))
  await tryTo(log.publish())
  await tryTo(add(entry(4)))
  await log.close().catch(() => undefined)
}

/** Opens a log again, appends to it, closes it and verifies all of it. */
async function reopen(files: Map<string, Uint8Array>) {
  const storage = createMemoryStorage(files)
  const log = await openLogOn(storage, BY_HAND)
  const { size } = log.latest()
  const repairs = log.repairs
  await log.append(Buffer.from('after'))
  await log.close()
  const source = { name: 'memory', read: storage.read }
  const report = await verifyLog(source, policy, { settleMs: 1 })
  expect(report).toMatchObject({ size: size + 1, findings: [] })
  const texts: string[] = []
  for await (const { bytes } of readEntries(source, size + 1)) texts.push(Buffer.from(bytes).toString())
  return { repairs, texts }
}

describe('after a break at any byte of any write', () => {
  // CI breaks the log at a sample of the bytes. `npm run test:full`, which sets ISTMO_CRASHES, breaks it at each byte.
  const isFull = process.env.ISTMO_CRASHES !== undefined
  const cases = (['POWER', 'SPACE'] as const).flatMap((kind) =>
    (['NOTHING', 'ZEROS', 'NOISE'] as const).map((tear): [typeof kind, Tear] => [kind, tear]),
  )

  it.each(isFull ? cases : someOf('breaks of a log', cases))(
    '(%s, torn into %s) a log opens with each entry that it acknowledged',
    { timeout: 300_000 },
    async (kind, tear) => {
      const unbroken = createMemoryStorage()
      await live(unbroken, new Set())
      const step = kind === 'POWER' && tear === 'NOTHING' ? (isFull ? 1 : 7) : 13
      for (let bytes = 0; bytes <= unbroken.written(); bytes += step) {
        const storage = createMemoryStorage(new Map(), { bytes, kind, tear })
        const acknowledged = new Set<string>()
        await live(storage, acknowledged).catch((error: unknown) => {
          if (!(error instanceof PowerCut) && (error as { code?: string }).code !== 'ENOSPC') throw error
        })
        const { texts } = await reopen(storage.files)
        expect(texts).toEqual(expect.arrayContaining([...acknowledged]))
        if (kind === 'SPACE' && bytes > 300) expect(acknowledged.size).toBeGreaterThanOrEqual(3)
      }
    },
  )

  it('the same is true at the end of a tile', async () => {
    const before = createMemoryStorage()
    const log = await openLogOn(before, BY_HAND)
    await appendAll(log, entries(254))
    await log.publish()
    const across = async (storage: ReturnType<typeof createMemoryStorage>, acknowledged: string[]) => {
      const opened = await openLogOn(storage, BY_HAND)
      for (let index = 254; index < 259; index++) {
        await opened.append(entry(index))
        acknowledged.push(entry(index).toString())
        await opened.publish()
      }
      await opened.close()
    }
    const unbroken = createMemoryStorage(new Map(before.files))
    await across(unbroken, [])
    for (let bytes = 0; bytes <= unbroken.written(); bytes += 397) {
      const storage = createMemoryStorage(new Map(before.files), { bytes, kind: 'POWER', tear: 'NOISE' })
      const acknowledged: string[] = []
      await across(storage, acknowledged).catch((error: unknown) => {
        if (!(error instanceof PowerCut)) throw error
      })
      expect((await reopen(storage.files)).texts).toEqual(expect.arrayContaining(acknowledged))
    }
  })

  it('an append whose sync fails rejects; the next append overwrites its entry, or the entry appears after a crash', async () => {
    const storage = createMemoryStorage()
    let isFailing = true
    const append: typeof storage.append = async (...args) => {
      await storage.append(...args)
      if (isFailing) throw Object.assign(new Error('input/output error'), { code: 'EIO' })
    }
    const log = await openLogOn({ ...storage, append }, BY_HAND)
    await expect(log.append(entry(0))).rejects.toThrow('input/output error')
    expect(log.size()).toBe(0)
    expect((await reopen(new Map(storage.files))).texts).toEqual([entry(0).toString(), 'after'])
    isFailing = false
    expect((await log.append(entry(1))).index).toBe(0)
    expect((await reopen(new Map(storage.files))).texts).toEqual([entry(1).toString(), 'after'])
  })

  it('a log takes the entries of a journal of version 0.2, also if its end is torn, and of both forms together', async () => {
    const storage = createMemoryStorage()
    await openLogOn(storage, BY_HAND)
    const older = [encodeFrame({ first: 0, entries: entries(2) }), encodeFrame({ first: 2, entries: entries(1, 2) })]
    const torn = encodeFrame({ first: 3, entries: [entry(99)] }).subarray(0, 50)
    storage.files.set('journal/0000000000000000', Buffer.concat([...older, torn]))
    const log = await openLogOn(storage, BY_HAND)
    expect(log.repairs.map(({ kind }) => kind)).toEqual(['TORN_JOURNAL', 'REPLAYED'])
    await appendAll(log, entries(2, 3))
    // The process is killed before it publishes, so both forms are there.
    expect([...storage.files.keys()].filter((path) => path.startsWith('journal/'))).toHaveLength(2)
    const { texts } = await reopen(storage.files)
    expect(texts).toEqual([...entries(5).map(String), 'after'])
    expect([...storage.files.keys()].filter((path) => path.startsWith('journal/'))).toEqual([])
  })

  it('a log reports what it repaired', async () => {
    const storage = createMemoryStorage()
    const log = await openLogOn(storage, BY_HAND)
    await appendAll(log, entries(3))
    const torn = new Map(storage.files)
    const path = 'journal/0000000000000000.v2'
    const journal = Buffer.from(torn.get(path) ?? expect.fail())
    const { length } = decodeJournal(journal)
    journal.set(journal.subarray(HEADER_BYTES, HEADER_BYTES + 40), length)
    torn.set(path, journal)
    const { repairs } = await reopen(torn)
    expect(repairs).toEqual([
      { kind: 'TORN_JOURNAL', where: path, what: `dropped a torn write at byte ${length}` },
      {
        kind: 'REPLAYED',
        where: 'entries from 0 on',
        what: 'took 3 entries beyond the published checkpoint from the journal',
      },
    ])
  })
})

describe('a damaged log', () => {
  type Files = Map<string, Uint8Array>
  const flip = (files: Files, path: string, at: number) => {
    const bytes = Buffer.from(files.get(path) ?? expect.fail(path))
    bytes[at] = (bytes[at] ?? 0) ^ 1
    files.set(path, bytes)
  }
  const journal = 'journal/0000000000000000.v2'

  it.each<[string, (files: Files, older: Files) => void, string]>([
    ['a lost checkpoint', (files) => files.delete('checkpoint'), 'MISSING checkpoint'],
    ['a forged checkpoint', (files) => flip(files, 'checkpoint', 16), 'SIGNATURE checkpoint'],
    ['an altered leaf', (files) => flip(files, 'tile/0/001.p/44', 5), 'ROOT checkpoint of size 300'],
    ['an altered higher tile', (files) => flip(files, 'tile/1/000.p/1', 5), 'ROOT checkpoint of size 300'],
    ['a lost tile', (files) => files.delete('tile/0/001.p/44'), 'MISSING tile/0/001.p/44'],
    ['a short tile', (files) => files.set('tile/0/001.p/44', Buffer.alloc(32)), 'MALFORMED tile/0/001.p/44'],
    [
      'an altered entry',
      (files) => flip(files, 'tile/entries/001.p/44', 15 * 3 + 5),
      'ENTRY entry 259 in tile/entries/001.p/44',
    ],
    ['a lost bundle', (files) => files.delete('tile/entries/001.p/44'), 'MISSING tile/entries/001.p/44'],
    [
      'a truncated bundle',
      (files) => files.set('tile/entries/001.p/44', Buffer.from([0, 9])),
      'MALFORMED tile/entries/001.p/44',
    ],
    ['a lost history', (files) => files.delete('checkpoints/000'), 'MISSING checkpoints/000'],
    ['an altered history', (files) => flip(files, 'checkpoints/000', 40), 'MALFORMED checkpoints/000'],
    ['an altered frame with complete ones behind it', (files) => flip(files, journal, 150), `MALFORMED ${journal}`],
    ['an altered header', (files) => flip(files, journal, 10), `MALFORMED ${journal}`],
    ['a lost journal', (files) => files.set('journal/0000000000000302.v2', files.get(journal) ?? expect.fail()), 'GAP'],
    [
      'a checkpoint from before',
      (files, older) => {
        files.set('checkpoint', older.get('checkpoint') ?? expect.fail())
        files.delete(journal)
      },
      'ROLLBACK checkpoints/000',
    ],
  ])('does not open: %s', async (_, damage, message) => {
    const storage = createMemoryStorage()
    const log = await openLogOn(storage, BY_HAND)
    await appendAll(log, entries(290))
    await log.publish()
    const older = new Map(storage.files)
    await appendAll(log, entries(10, 290))
    await log.publish()
    await log.append(entry(300))
    expect((await reopen(new Map(storage.files))).repairs.map(({ kind }) => kind)).toEqual(['REPLAYED'])
    damage(storage.files, older)
    const opening = openLogOn(createMemoryStorage(storage.files), BY_HAND)
    await expect(opening).rejects.toThrow(LogDamagedError)
    await expect(opening).rejects.toThrow(message)
  })

  it('does not open with a key that is not its own', async () => {
    const storage = createMemoryStorage()
    await openLogOn(storage, BY_HAND)
    await expect(openLogOn(storage, { signer: newSigner('log.example/hn') })).rejects.toThrow('SIGNATURE checkpoint')
  })

  it('does not open if somebody swapped a published entry in the journal', async () => {
    const storage = createMemoryStorage()
    const log = await openLogOn(storage, BY_HAND)
    await log.append(entry(0))
    await log.publish()
    const other = createMemoryStorage()
    await (await openLogOn(other, BY_HAND)).append(entry(9))
    storage.files.set(journal, other.files.get(journal) ?? expect.fail())
    await expect(openLogOn(storage, BY_HAND)).rejects.toThrow(`ENTRY entry 0 in ${journal}`)
    expect(Buffer.from(hashLeaf(entry(0)))).not.toEqual(Buffer.from(hashLeaf(entry(9))))
  })
})
