import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeBundle } from '../merkle/entry-bundle.ts'
import { createTail } from './state.ts'

/** Entries of lengths that make a block grow in the middle of a bundle. */
const entry = fc
  .oneof({ weight: 20, arbitrary: fc.nat(60) }, { weight: 1, arbitrary: fc.nat(20_000) })
  .map((length) => Buffer.alloc(length, length))
const step = fc.oneof(
  fc.record({ push: entry }),
  fc.record({ bundle: fc.array(entry, { maxLength: 300, size: 'max' }) }),
  fc.record({ drop: fc.double({ min: 0, max: 1, noNaN: true }) }),
)

describe('the tail of a log', () => {
  it('has each bundle as if its entries were encoded together, however they came', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.nat(3), (steps, firstIndex) => {
        const tail = createTail(firstIndex)
        const entries: Uint8Array[] = []
        let seen: { readonly index: number; readonly came: Uint8Array; readonly expected: Uint8Array }[] = []
        let dropped = 0
        // Also what was read before others came is as it was.
        const expectSeen = (): void => {
          for (const { came, expected } of seen) expect(Buffer.compare(came, expected)).toBe(0)
        }
        for (const each of steps) {
          if ('push' in each) {
            tail.push(each.push)
            entries.push(each.push)
          } else if ('bundle' in each) {
            tail.pushBundle(encodeBundle(each.bundle))
            entries.push(...each.bundle)
          } else {
            expectSeen()
            dropped = Math.max(dropped, Math.floor((each.drop * entries.length) / 256))
            seen = seen.filter(({ index }) => index >= dropped)
            tail.drop((firstIndex + dropped) * 256 + (each.drop < 0.5 ? 0 : Math.min(3, entries.length % 256)))
          }
          for (let index = dropped; index * 256 < entries.length; index++) {
            const all = entries.slice(index * 256, (index + 1) * 256)
            const width = Math.max(1, Math.floor(all.length / (1 + (index % 3))))
            const came = tail.bundle(firstIndex + index, width)
            seen.push({ index, came, expected: encodeBundle(all.slice(0, width)) })
          }
        }
        expectSeen()
      }),
      { numRuns: 60 },
    )
  })

  it('has no entries that did not come, and none that were dropped', () => {
    const tail = createTail(2)
    tail.pushBundle(encodeBundle(Array.from({ length: 300 }, () => Buffer.from('a'))))
    expect(() => tail.bundle(3, 45)).toThrow(RangeError)
    expect(() => tail.bundle(1, 1)).toThrow(RangeError)
    tail.drop(3 * 256)
    expect(() => tail.bundle(2, 256)).toThrow(RangeError)
    expect(tail.bundle(3, 44)).toHaveLength(3 * 44)
  })

  it('takes no entry that is too long', () => {
    expect(() => createTail(0).push(Buffer.alloc(65_536))).toThrow(RangeError)
  })
})
