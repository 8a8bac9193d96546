import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFrames, encodeFrame, type Frame } from './frames.ts'
import { decodeNotes, encodeNotes, historyPaths } from './history.ts'

const record = fc.record({
  first: fc.maxSafeNat(),
  entries: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }),
})
const plain = ({ first, entries }: Frame) => ({ first, entries: entries.map((entry) => [...entry]) })

describe('a file of records', () => {
  it('gives back its whole records wherever it ends, and whatever a torn write left there', () => {
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 5 }),
        fc.nat(),
        fc.constantFrom(0, 0xa5),
        fc.nat(90),
        (all, at, junk, count) => {
          const parts = all.map(encodeFrame)
          const file = Buffer.concat(parts)
          const end = at % (file.length + 1)
          const ends = parts.map((_, index) => Buffer.concat(parts.slice(0, index + 1)).length)
          const whole = ends.filter((each) => each <= end).length
          const read = decodeFrames(Buffer.concat([file.subarray(0, end), Buffer.alloc(count, junk)]))
          expect(read.records.map(plain)).toEqual(all.slice(0, whole).map(plain))
          expect([read.length, read.strayAt]).toEqual([ends[whole - 1] ?? 0, undefined])
        },
      ),
    )
  })

  it('says where whole records stand behind one that was altered', () => {
    fc.assert(
      fc.property(record, record, fc.nat(), (one, other, at) => {
        const [first, second] = [Buffer.from(encodeFrame(one)), encodeFrame(other)]
        const place = at % first.length
        first[place] = (first[place] ?? 0) ^ 1
        expect(decodeFrames(Buffer.concat([first, second]))).toEqual({ records: [], length: 0, strayAt: first.length })
      }),
    )
  })
})

describe('the history', () => {
  it('keeps notes as they are', () => {
    const notes = ['a\n\n— b c\n', 'é — ñ\n']
    expect(decodeNotes(encodeNotes(7, notes))).toMatchObject({ notes, strayAt: undefined })
  })

  it('has a file for every 4,096 leaves', () => {
    expect(historyPaths(4_095)).toEqual(['checkpoints/000'])
    expect(historyPaths(9_000, 5_000)).toEqual(['checkpoints/001', 'checkpoints/002'])
    expect(historyPaths(4_096_000, 4_096_000)).toEqual(['checkpoints/x001/000'])
  })
})
