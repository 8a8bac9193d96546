import { createSecretKey, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { decodeBundle, encodeBundle } from '../merkle/entry-bundle.ts'
import { idOfSlot } from '../salts/slot.ts'
import {
  createHeader,
  decodeJournal,
  encodeHeader,
  encodeJournalFrame,
  erasuresOf,
  HEADER_BYTES,
  isKeptSeal,
  type JournalHeader,
} from './journal-frames.ts'
import { encodeSlot } from './testing.ts'

const KEY = Buffer.alloc(32, 9)
const SEALING_KEY = createSecretKey(KEY)
const commit = fc.record({
  entries: fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 4 }),
  salts: fc.array(fc.uint8Array({ minLength: 16, maxLength: 32 }), { maxLength: 3 }),
})
type Commit = typeof commit extends fc.Arbitrary<infer Value> ? Value : never

const slotsOf = ({ salts }: Commit) => salts.map((salt) => encodeSlot({ id: createUuidV7(Date.now()), salt }))

/** Encodes a file of commits. `ends` has the length of the file after each of them. */
function encodeFile(commits: readonly Commit[], header: JournalHeader = createHeader(0)) {
  const parts = [encodeHeader(header)]
  const slots = commits.map(slotsOf)
  let first = header.first
  const ends: number[] = []
  for (const [at, { entries }] of commits.entries()) {
    const all = Buffer.concat(slots[at] ?? [])
    parts.push(encodeJournalFrame({ ...header, first }, [encodeBundle(entries)], all, SEALING_KEY))
    first += entries.length
    ends.push(parts.reduce((bytes, { length }) => bytes + length, 0))
  }
  return { file: Buffer.concat(parts), ends, slots }
}

describe('a journal file', () => {
  it('gives back what was written, with zeroes or what an earlier file left behind it', () => {
    fc.assert(
      fc.property(fc.array(commit, { maxLength: 5 }), fc.boolean(), (commits, isStale) => {
        const { file, ends, slots } = encodeFile(commits)
        const rest = isStale ? encodeFile(commits).file.subarray(HEADER_BYTES) : Buffer.alloc(500)
        const read = decodeJournal(Buffer.concat([file, rest]))
        expect(read).toMatchObject({ length: ends.at(-1) ?? HEADER_BYTES, isTorn: false, stray: undefined })
        expect(read.frames.map(({ bundle }) => decodeBundle(bundle).map((entry) => [...entry]))).toEqual(
          commits.map(({ entries }) => entries.map((entry) => [...entry])),
        )
        expect(read.frames.map(({ openSlots }) => openSlots(KEY).map((slot) => Buffer.from(slot)))).toEqual(
          slots.map((each) => each.map((slot) => Buffer.from(slot))),
        )
      }),
    )
  })

  it('is read up to its last complete frame, wherever a write was torn and whatever it left', () => {
    fc.assert(
      fc.property(
        fc.array(commit, { minLength: 1, maxLength: 4 }),
        fc.nat(),
        fc.constantFrom(0, 0xa5, 0xee),
        (commits, at, junk) => {
          const { file, ends } = encodeFile(commits)
          const start = ends.at(-2) ?? HEADER_BYTES
          const end = start + (at % (file.length - start))
          const torn = Buffer.concat([file.subarray(0, end), Buffer.alloc(file.length - end + 100, junk)])
          const read = decodeJournal(torn)
          // What follows the last byte of a frame may be what it should have been.
          const isComplete = torn.subarray(0, file.length).equals(file)
          expect([read.length, read.stray]).toEqual([isComplete ? file.length : start, undefined])
        },
      ),
    )
  })

  it('is damaged if any byte before its last frame is altered, apart from sealed salts', () => {
    fc.assert(
      fc.property(fc.array(commit, { minLength: 2, maxLength: 4 }), fc.nat(), (commits, place) => {
        const { file, ends } = encodeFile(commits)
        const salts = decodeJournal(file).frames.flatMap((frame) => frame.salts)
        const at = place % (ends.at(-2) ?? 1)
        file[at] = (file[at] ?? 0) ^ 1
        const read = decodeJournal(file)
        const hit = salts.findIndex((salt) => at >= salt.at && at < salt.at + 40)
        if (hit < 0) return void expect(read.stray).toMatchObject({ at: ends.at(-2) })
        const erased = read.frames.flatMap((frame) => frame.salts).map(({ isErased }) => isErased)
        expect([read.length, erased]).toEqual([ends.at(-1), salts.map((_, index) => index === hit)])
      }),
    )
  })

  it('takes no frame of another file, wherever it stands', () => {
    fc.assert(
      fc.property(commit, commit, (one, other) => {
        const foreign = encodeFile([other]).file.subarray(HEADER_BYTES)
        const { file, ends } = encodeFile([{ ...one, entries: [...one.entries, foreign] }])
        const read = decodeJournal(Buffer.concat([file, foreign, foreign]))
        expect(read).toMatchObject({ length: ends[0], stray: undefined, isTorn: false })
        expect(read.frames).toHaveLength(1)
      }),
    )
  })

  it('stays whole when salts in it are erased, which leaves nothing of them', () => {
    fc.assert(
      fc.property(fc.array(commit, { minLength: 1, maxLength: 4 }), fc.nat(), (commits, place) => {
        const { file, ends, slots } = encodeFile(commits)
        const all = slots.flat()
        fc.pre(all.length > 0)
        const slot = all[place % all.length] ?? expect.fail()
        const id = idOfSlot(slot)
        const erasures = erasuresOf(decodeJournal(file), id)
        expect(erasures).toHaveLength(1)
        for (const { at, bytes } of erasures) {
          file.set(bytes, at)
          expect(isKeptSeal(file.subarray(at))).toBe(false)
        }
        const read = decodeJournal(file)
        expect([read.length, read.stray, erasuresOf(read, id)]).toEqual([ends.at(-1), undefined, []])
        const left = read.frames.flatMap(({ openSlots }) => openSlots(KEY).map((each) => Buffer.from(each)))
        expect(left).toEqual(all.filter((each) => each !== slot).map((each) => Buffer.from(each)))
      }),
    )
  })

  it('shows none of its salts to somebody without the key', () => {
    const salt = randomBytes(32)
    const slot = encodeSlot({ id: createUuidV7(Date.now()), salt })
    const header = createHeader(0)
    const frame = encodeJournalFrame(header, [encodeBundle([Buffer.from('a')])], slot, SEALING_KEY)
    const again = encodeJournalFrame(header, [encodeBundle([Buffer.from('a')])], slot, SEALING_KEY)
    expect(Buffer.from(frame).includes(salt)).toBe(false)
    expect(Buffer.from(frame).equals(again)).toBe(false)
  })
})
