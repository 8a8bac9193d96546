import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFrames, decodeNotes, encodeFrame, encodeNotes, type Frame, historyPaths } from './history.ts'

const frame = fc.record({
  first: fc.maxSafeNat(),
  entries: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }),
})
const plain = ({ first, entries }: Frame) => ({ first, entries: entries.map((entry) => [...entry]) })

describe('a file of frames', () => {
  it('is read up to its last complete frame, wherever it ends and whatever a torn write left there', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 5 }),
        fc.nat(),
        fc.constantFrom(0, 0xa5),
        fc.nat(90),
        (all, at, junk, count) => {
          const parts = all.map(encodeFrame)
          const file = Buffer.concat(parts)
          const end = at % (file.length + 1)
          const ends = parts.map((_, index) => Buffer.concat(parts.slice(0, index + 1)).length)
          const torn = Buffer.concat([file.subarray(0, end), Buffer.alloc(count, junk)])
          // What a torn write leaves may be the very bytes that are missing, such as a digest's last byte that is zero.
          const complete = ends.filter((each) => torn.subarray(0, each).equals(file.subarray(0, each))).length
          const read = decodeFrames(torn)
          expect(read.frames.map(plain)).toEqual(all.slice(0, complete).map(plain))
          expect([read.length, read.strayAt]).toEqual([ends[complete - 1] ?? 0, undefined])
        },
      ),
    )
  })

  it('reports the offset of a complete frame behind an altered one', () => {
    fc.assert(
      fc.property(frame, frame, fc.nat(), (one, other, at) => {
        const [first, second] = [Buffer.from(encodeFrame(one)), encodeFrame(other)]
        const place = at % first.length
        first[place] = (first[place] ?? 0) ^ 1
        expect(decodeFrames(Buffer.concat([first, second]))).toEqual({ frames: [], length: 0, strayAt: first.length })
      }),
    )
  })
})

describe('the history', () => {
  it('stores notes unchanged', () => {
    const notes = ['a\n\n— b c\n', 'é — ñ\n']
    expect(decodeNotes(encodeNotes(7, notes))).toMatchObject({ notes, strayAt: undefined })
  })

  it('has one file for each 4,096 leaves', () => {
    expect(historyPaths(4_095)).toEqual(['checkpoints/000'])
    expect(historyPaths(9_000, 5_000)).toEqual(['checkpoints/001', 'checkpoints/002'])
    expect(historyPaths(4_096_000, 4_096_000)).toEqual(['checkpoints/x001/000'])
  })
})
