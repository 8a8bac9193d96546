import { describe, expect, it } from 'vitest'
import { someOf } from '../../tests/share.ts'
import { signNote } from '../note/note.ts'
import { parsePolicy } from '../note/policy.ts'
import { parseTlogProof } from '../note/tlog-proof.ts'
import { createReceiptChecker } from '../verify/receipt-checker.ts'
import { verifyLog } from '../verify/verify-log.ts'
import { canonicalBytes } from './canonical.ts'
import { encodeNotes } from './history.ts'
import { openLogOn } from './log.ts'
import { ReplacedKeyError } from './recover.ts'
import { type RotatingSigner, rotateLogKeyOn } from './rotate-key.ts'
import { createMemoryStorage, newSigner, PowerCut, type Tear } from './testing.ts'

const NAME = 'log.example/hn'
const [first, second, third] = [newSigner(NAME), newSigner(NAME), newSigner(NAME)]

const entryOf = (signer: RotatingSigner) =>
  canonicalBytes({ kind: 'key-rotation', oldKey: signer.verifier.vkey, newKey: signer.next.verifier.vkey })

const rotate = (storage: ReturnType<typeof createMemoryStorage>, signer: RotatingSigner) =>
  rotateLogKeyOn(storage, signer, () => entryOf(signer))

async function grow(storage: ReturnType<typeof createMemoryStorage>, signer = first, entries = 3) {
  const log = await openLogOn(storage, { signer, publishAfterMs: 1_000_000 })
  const receipts: { entry: Uint8Array; proof: string }[] = []
  for (let at = 0; at < entries; at++) {
    const entry = Buffer.from(`entry ${log.size()}`)
    const receipt = await log.append(entry)
    receipts.push({ entry, proof: await receipt.proof() })
  }
  await log.close()
  return receipts
}

const sourceOf = (storage: ReturnType<typeof createMemoryStorage>) => ({ name: 'memory', read: storage.read })
const policyOf = (...signers: readonly (typeof first)[]) =>
  parsePolicy(`${signers.map(({ verifier }) => `log ${verifier.vkey}`).join('\n')}\nquorum none\n`)
const verify = (storage: ReturnType<typeof createMemoryStorage>, ...signers: readonly (typeof first)[]) =>
  verifyLog(sourceOf(storage), policyOf(...signers), { settleMs: 0 })

describe('a log whose key was rotated twice', () => {
  it('holds under the first key, the last key, the one between, and all of them', async () => {
    const storage = createMemoryStorage()
    await grow(storage)
    await rotate(storage, { ...first, next: second })
    await grow(storage, second, 300)
    await rotate(storage, { ...second, next: third })
    await grow(storage, third)
    for (const trusted of [[first], [second], [third], [first, second, third]]) {
      const report = await verify(storage, ...trusted)
      expect(report.findings).toEqual([])
      expect(report.size).toBe(308)
    }
  })

  it('has receipts of all three keys that hold under each one of them', async () => {
    const storage = createMemoryStorage()
    const receipts = [...(await grow(storage))]
    const { rotation: one } = await rotate(storage, { ...first, next: second })
    receipts.push(...(await grow(storage, second)))
    const { rotation: two } = await rotate(storage, { ...second, next: third })
    receipts.push(...(await grow(storage, third)))
    for (const { verifier } of [first, second, third]) {
      const check = createReceiptChecker(verifier, [one, two])
      for (const { entry, proof } of receipts)
        expect(check(parseTlogProof(proof), entry).index).toBeGreaterThanOrEqual(0)
    }
    expect(() => createReceiptChecker(newSigner(NAME).verifier, [one, two])).toThrow(/do not lead to the trusted key/)
    // Their order in a country's file says nothing, because each names the key before it.
    const inAnyOrder = createReceiptChecker(first.verifier, [two, one])
    for (const { entry, proof } of receipts)
      expect(inAnyOrder(parseTlogProof(proof), entry).index).toBeGreaterThanOrEqual(0)
  })

  it('opens with its new key alone, and names the replaced key', async () => {
    const storage = createMemoryStorage()
    await grow(storage)
    await rotate(storage, { ...first, next: second })
    await expect(openLogOn(storage, { signer: first })).rejects.toThrow(ReplacedKeyError)
    await expect(openLogOn(storage, { signer: first })).rejects.toThrow(/was replaced at entry 3; expected/)
    await grow(storage, second)
    await grow(storage, { ...first, next: second })
  })
})

describe('a thief of the old key', () => {
  it('cannot sign a checkpoint after the rotation, with or without the proof of the rotation', async () => {
    const storage = createMemoryStorage()
    await grow(storage)
    const { rotation } = await rotate(storage, { ...first, next: second })
    await grow(storage, second)
    const stolen = createMemoryStorage(new Map(storage.files))
    stolen.files.delete('rotations/0')
    stolen.files.delete('checkpoints/000')
    const forged = await forgeWith(stolen)
    const without = await verify(stolen, first)
    expect(without.findings).toContainEqual(
      expect.objectContaining({
        kind: 'MISSING',
        where: 'rotations',
        expected: 'the proof of the rotation at entry 3',
      }),
    )
    stolen.files.set('rotations/0', Buffer.from(rotation.proof))
    const withProof = await verify(stolen, first)
    expect(withProof.findings).toContainEqual(
      expect.objectContaining({
        kind: 'SIGNATURE',
        where: 'checkpoint',
        came: expect.stringContaining('signed with a key that was replaced at entry 3'),
      }),
    )
    const check = createReceiptChecker(first.verifier, [rotation])
    expect(() => check(parseTlogProof(forged.proof), forged.entry)).toThrow(
      /signed with a key that was replaced at entry 3/,
    )
  })
})

/** Signs the present tree of a log with the first key, and appends an entry under it. */
async function forgeWith(storage: ReturnType<typeof createMemoryStorage>) {
  const note = Buffer.from(storage.files.get('checkpoint') ?? '').toString('utf8')
  const text = note.slice(0, note.indexOf('\n\n') + 1)
  const signed = signNote(text, [first])
  storage.files.set('checkpoint', Buffer.from(signed))
  storage.files.set('checkpoints/000', encodeNotes(7, [signed]))
  const [forged] = await grow(storage, first, 1)
  if (forged === undefined) throw new Error('expected a receipt')
  return forged
}

describe('a power cut during a rotation', () => {
  it.each(someOf<Tear>('tears of a rotation', ['NOTHING', 'ZEROS', 'NOISE']))(
    'leaves a log that has the rotation or has not, and opens again; a second call finishes it (tear: %s)',
    async (tear) => {
      const before = createMemoryStorage()
      await grow(before)
      const files = new Map(before.files)
      const whole = createMemoryStorage(new Map(files))
      await rotate(whole, { ...first, next: second })
      const signer = { ...first, next: second }
      const seen = { without: 0, with: 0 }
      for (let bytes = 0; bytes <= whole.written(); bytes += Math.ceil(whole.written() / 60)) {
        const cut = createMemoryStorage(new Map(files), { bytes, tear, kind: 'POWER' })
        await rotate(cut, signer).catch((error: unknown) => {
          if (!(error instanceof PowerCut)) throw error
        })
        const started = createMemoryStorage(new Map(cut.files))
        await grow(started, signer, 2)
        const isRotated = started.files.has('rotations/0')
        seen[isRotated ? 'with' : 'without']++
        expect((await verify(started, first)).findings).toEqual([])
        expect((await verify(started, first)).size).toBe(isRotated ? 6 : 5)
        const again = createMemoryStorage(new Map(cut.files))
        expect((await rotate(again, signer)).isNew).toBe(!isRotated)
        expect((await verify(again, first)).findings).toEqual([])
        expect((await verify(again, first)).size).toBe(4)
        await grow(again, second)
      }
      expect(Math.min(seen.with, seen.without)).toBeGreaterThan(10)
    },
  )
})
