import { describe, expect, it } from 'vitest'
import { readClockDifference } from './read-answer.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')

describe('the difference of two clocks', () => {
  it.each([
    ['ahead', 'Thu, 01 Jan 2026 00:02:00 GMT', 120],
    ['behind', 'Wed, 31 Dec 2025 23:58:00 GMT', -120],
    ['five seconds ahead', 'Thu, 01 Jan 2026 00:00:05 GMT', 5],
    ['four seconds ahead, which the time of an answer explains', 'Thu, 01 Jan 2026 00:00:04 GMT', null],
    ['unknown', 'yesterday', null],
    ['unknown', undefined, null],
    ['unknown', ['Thu, 01 Jan 2026 00:02:00 GMT', 'x'], null],
  ])('is told if the node is %s (%s)', (_, date, expected) => {
    expect(readClockDifference(date, NOW)).toBe(expected)
  })
})
