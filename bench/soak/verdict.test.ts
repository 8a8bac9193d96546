import { describe, expect, it } from 'vitest'
import { judge, MAX_SLOPE_MIB, type Sample } from './verdict.ts'

const MIB = 2 ** 20
const run = (heapAt: (minute: number) => number): Sample[] =>
  Array.from({ length: 60 }, (_, index) => {
    const minute = (index + 1) / 6
    return { atMs: minute * 60_000, rss: 300 * MIB, heapUsed: heapAt(minute) * MIB }
  })

describe('a soak', () => {
  it.each([
    ['a heap that stays the same', () => 90, 0, true],
    ['one that fills its caches first', (minute: number) => Math.min(90, 60 + 15 * minute), 0, true],
    ['one that rises and falls', (minute: number) => 90 + ((minute * 6) % 6), 0, true],
    ['one that leaks a little', (minute: number) => 90 + minute, 1, false],
    ['one that shrinks', (minute: number) => 90 - minute, -1, true],
  ])('with %s is judged by its samples after the warm-up', (_, heapAt, slope, isFlat) => {
    const verdict = judge(run(heapAt))
    expect(Math.abs(verdict.heapSlope - slope)).toBeLessThan(MAX_SLOPE_MIB)
    expect(verdict).toMatchObject({ rssSlope: 0, isFlat })
  })
})
