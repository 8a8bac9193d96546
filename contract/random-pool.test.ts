import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { takeRandom } from './random-pool.ts'

describe('random bytes from the pool', () => {
  it('are as many as were asked for, and no byte is given out twice', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4_096 }), { minLength: 1, maxLength: 40 }), (counts) => {
        const all = counts.map(takeRandom)
        expect(all.map(({ length }) => length)).toEqual(counts)
        // What the caller writes into its own bytes shows in nobody else's.
        for (const [at, bytes] of all.entries()) bytes.fill(at)
        for (const [at, bytes] of all.entries()) expect(bytes.every((byte) => byte === at)).toBe(true)
      }),
    )
  })

  it('differ each time', () => {
    const texts = Array.from({ length: 2_000 }, () => takeRandom(16).toString('hex'))
    expect(new Set(texts).size).toBe(texts.length)
  })

  it('have each bit set about as often as not', () => {
    const counts = new Array<number>(128).fill(0)
    for (let draw = 0; draw < 4_000; draw++) {
      for (const [at, byte] of takeRandom(16).entries()) {
        for (let bit = 0; bit < 8; bit++) counts[at * 8 + bit] = (counts[at * 8 + bit] ?? 0) + ((byte >> bit) & 1)
      }
    }
    // Ten times the standard deviation, which is 32.
    for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(320)
  })

  it('cannot be more than the pool has', () => {
    expect(() => takeRandom(4_097)).toThrow(RangeError)
    expect(() => takeRandom(-1)).toThrow(RangeError)
  })
})
