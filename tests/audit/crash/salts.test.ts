import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LogStorage } from '../../../audit/log/folder-storage.ts'
import { decodeJournal, erasuresOf } from '../../../audit/log/journal-frames.ts'
import { type Log, openLogOn } from '../../../audit/log/log.ts'
import { type Breakage, createMemoryStorage, newSigner } from '../../../audit/log/testing.ts'
import { parsePolicy } from '../../../audit/note/policy.ts'
import { eraseSaltIn, findSaltIn } from '../../../audit/salts/salts.ts'
import { indexSlots, parseId, SLOT_BYTES } from '../../../audit/salts/slot.ts'
import { readEntries } from '../../../audit/verify/read-log.ts'
import { verifyLog } from '../../../audit/verify/verify-log.ts'
import { randomCases } from '../../share.ts'

/**
 * A log and the store of its salts live through random lives: entries with salts, publications, erasures by another process at any moment,
 * power cuts at any byte of any write, and kills. A plain list remembers what was acknowledged and what was erased.
 */

const signer = newSigner('log.example/hn')
const policy = parsePolicy(`log ${signer.verifier.vkey}\nquorum none\n`)

type Act =
  | { readonly kind: 'APPEND'; readonly salts: readonly number[] }
  | { readonly kind: 'PUBLISH' }
  /** Erases the salt at this place of the list, modulo its length. */
  | { readonly kind: 'ERASE'; readonly which: number }
  /** Erases it while the log publishes. */
  | { readonly kind: 'ERASE_WHILE_PUBLISHING'; readonly which: number; readonly afterTurns: number }

interface Life {
  readonly acts: readonly Act[]
  readonly isClosed: boolean
  readonly breakage: Breakage | undefined
}

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('APPEND' as const),
      salts: fc.array(fc.integer({ min: 16, max: 32 }), { maxLength: 2 }),
    }),
  },
  fc.record({ kind: fc.constant('PUBLISH' as const) }),
  fc.record({ kind: fc.constant('ERASE' as const), which: fc.nat(99) }),
  fc.record({
    kind: fc.constant('ERASE_WHILE_PUBLISHING' as const),
    which: fc.nat(99),
    afterTurns: fc.nat(12),
  }),
)
const breakage: fc.Arbitrary<Breakage> = fc.record({
  bytes: fc.nat(6_000),
  tear: fc.constantFrom('NOTHING' as const, 'ZEROS' as const, 'NOISE' as const),
  kind: fc.constantFrom('POWER' as const, 'SPACE' as const),
})
const life: fc.Arbitrary<Life> = fc.record({
  acts: fc.array(act, { maxLength: 8 }),
  isClosed: fc.boolean(),
  breakage: fc.option(breakage, { nil: undefined }),
})

/** A salt of an acknowledged entry. `MAYBE` after an erasure that a power cut interrupted. */
interface KnownSalt {
  readonly id: string
  readonly salt: Uint8Array
  isErased: boolean | 'MAYBE'
}

interface Oracle {
  readonly texts: string[]
  readonly salts: KnownSalt[]
  count: number
}

/** Returns the part of a storage below a folder. */
function below(storage: LogStorage, folder: string): LogStorage {
  const at = (path: string) => `${folder}/${path}`
  return {
    read: (path) => storage.read(at(path)),
    readPart: (path, ...rest) => storage.readPart(at(path), ...rest),
    list: (path) => storage.list(at(path)),
    append: (path, ...rest) => storage.append(at(path), ...rest),
    overwrite: (path, ...rest) => storage.overwrite(at(path), ...rest),
    write: (changes) => storage.write(changes.map((change) => ({ ...change, path: at(change.path) }))),
  }
}

const placesOf = (storage: LogStorage) => ({ log: below(storage, 'log'), salts: below(storage, 'salts') })

/** A UUIDv7 with this number, in one of three hours. */
function idOf(number: number): string {
  const hex = ((500_000 + (number % 3)) * 3_600_000).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${number.toString(16).padStart(12, '0')}`
}

/** The bytes of a salt are like those of no other salt, and like nothing else in a file. */
function saltOf(number: number, length: number): Uint8Array {
  return Buffer.from(`<salt ${String(number).padStart(5, '0')}>`.repeat(3).slice(0, length))
}

async function appendOne(log: Log, lengths: readonly number[], oracle: Oracle): Promise<void> {
  const text = `entry ${oracle.count++}`
  const salts = lengths.map((length) => {
    const number = oracle.count++
    return { id: idOf(number), salt: saltOf(number, length) }
  })
  await log.append(Buffer.from(text), salts)
  oracle.texts.push(text)
  for (const salt of salts) oracle.salts.push({ ...salt, isErased: false })
}

async function eraseOne(storage: LogStorage, which: number, { salts }: Oracle): Promise<void> {
  const known = salts[which % salts.length]
  if (known === undefined) return
  if (known.isErased === false) known.isErased = 'MAYBE'
  await eraseSaltIn(placesOf(storage), known.id)
  known.isErased = true
}

async function waitTurns(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
}

async function play(each: Act, log: Log, storage: LogStorage, oracle: Oracle): Promise<void> {
  if (each.kind === 'APPEND') return appendOne(log, each.salts, oracle)
  if (each.kind === 'PUBLISH') return log.publish()
  if (each.kind === 'ERASE') return eraseOne(storage, each.which, oracle)
  const erasing = waitTurns(each.afterTurns).then(() => eraseOne(storage, each.which, oracle))
  const results = await Promise.allSettled([log.publish(), erasing])
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

const isBreak = (error: unknown) =>
  (error as Error).name === 'PowerCut' || (error as NodeJS.ErrnoException).code === 'ENOSPC'

/** Lives until the power is cut, or until the end. A full disk accepts writes again, so life goes on. */
async function live(files: Map<string, Uint8Array>, { acts, isClosed, breakage: broken }: Life, oracle: Oracle) {
  const storage = createMemoryStorage(files, broken)
  const { log: logStorage, salts: saltStorage } = placesOf(storage)
  try {
    const log = await openLogOn(logStorage, { signer, saltStorage, publishAfterMs: 1_000_000 })
    for (const each of acts) {
      await play(each, log, storage, oracle).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      })
    }
    if (isClosed) await log.close()
  } catch (error) {
    if (!isBreak(error)) throw error
  }
}

/** Looks up each acknowledged salt. */
async function expectSalts(files: Map<string, Uint8Array>, { salts }: Oracle): Promise<void> {
  const places = placesOf(createMemoryStorage(files))
  for (const { id, salt, isErased } of salts) {
    const found = await findSaltIn(places, id)
    if (isErased === 'MAYBE' && found.kind === 'ERASED') continue
    expect({ id, ...found }).toEqual(
      isErased === true ? { id, kind: 'ERASED' } : { id, kind: 'KEPT', salt: Buffer.from(salt) },
    )
    // An acknowledged erasure leaves nothing in the journal.
    for (const [path, bytes] of files) {
      if (isErased !== true || !path.includes('/journal/')) continue
      expect(erasuresOf(decodeJournal(bytes), parseId(id))).toEqual([])
    }
  }
}

/**
 * Searches all files for what is left of erased salts. If the power was cut while the log moved a salt that was erased at this moment, the
 * store may have it until the log is opened again.
 */
function expectNothingOfErased(files: Map<string, Uint8Array>, { salts }: Oracle): void {
  for (const { salt, isErased } of salts) {
    if (isErased !== true) continue
    for (const [path, bytes] of files) {
      expect([path, Buffer.from(bytes).includes(Buffer.from(salt))]).toEqual([path, false])
    }
  }
}

function expectEachSaltOnce(files: Map<string, Uint8Array>): void {
  const ids: string[] = []
  for (const [path, bytes] of files) {
    if (!path.startsWith('salts/hours/')) continue
    for (let at = 0; at < bytes.length; at += SLOT_BYTES) {
      const slot = bytes.subarray(at, at + SLOT_BYTES)
      for (const [id, kind] of indexSlots(slot)) if (kind === 'KEPT') ids.push(id)
    }
  }
  expect(new Set(ids).size).toBe(ids.length)
}

async function expectEntries(files: Map<string, Uint8Array>, { texts }: Oracle): Promise<void> {
  const { read } = placesOf(createMemoryStorage(files)).log
  const source = { name: 'memory', read }
  const report = await verifyLog(source, policy, { settleMs: 1 })
  expect(report.findings).toEqual([])
  const found: string[] = []
  for await (const { bytes } of readEntries(source, report.size)) found.push(Buffer.from(bytes).toString())
  expect(new Set(found).size).toBe(found.length)
  expect(found).toEqual(expect.arrayContaining(texts))
}

describe('a log with salts, after any crashes', () => {
  it('has each acknowledged entry with its salt, and no salt that was erased', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(life, { minLength: 1, maxLength: 4 }), fc.nat(99), async (lives, which) => {
        const files = new Map<string, Uint8Array>()
        const oracle: Oracle = { texts: [], salts: [], count: 0 }
        for (const each of lives) {
          await live(files, each, oracle)
          // A torn write of the store's file may be at its end, but nothing that was acknowledged is missing.
          await expectSalts(files, oracle)
        }
        await eraseOne(createMemoryStorage(files), which, oracle)
        await live(files, { acts: [{ kind: 'APPEND', salts: [16] }], isClosed: true, breakage: undefined }, oracle)
        await expectSalts(files, oracle)
        expectNothingOfErased(files, oracle)
        expectEachSaltOnce(files)
        await expectEntries(files, oracle)
        const left = [...files.keys()].filter((path) => path.includes('journal'))
        expect(left).toEqual([])
      }),
      { numRuns: Number(process.env.ISTMO_LIVES ?? randomCases(100)) },
    )
  })
})

describe('a log that moves a salt', () => {
  it('loses no erasure that another process finishes just before the salt is in the store', async () => {
    const places = placesOf(createMemoryStorage())
    const id = idOf(1)
    let hadSalt: boolean | undefined
    const saltStorage: LogStorage = {
      ...places.salts,
      append: async (path, offset, bytes) => {
        if (bytes.length > 0) hadSalt ??= await eraseSaltIn(places, id)
        await places.salts.append(path, offset, bytes)
      },
    }
    const log = await openLogOn(places.log, { signer, saltStorage, publishAfterMs: 1_000_000 })
    await log.append(Buffer.from('entry'), [{ id, salt: saltOf(1, 32) }])
    await log.publish()
    expect([hadSalt, await findSaltIn(places, id)]).toEqual([true, { kind: 'ERASED' }])
    await log.close()
    expect(await findSaltIn(places, id)).toEqual({ kind: 'ERASED' })
  })
})
