import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDeadline, parseDeadline } from './deadline.ts'

describe('the deadline header', () => {
  it('is null without the header', () => {
    expect(parseDeadline(undefined)).toBeNull()
  })

  it('reads what it writes, within its bounds', () => {
    fc.assert(
      fc.property(fc.double({ min: -10, max: 1e9, noNaN: true }), (deadlineMs) => {
        const expected = Math.min(600_000, Math.max(1, Math.floor(deadlineMs)))
        expect(parseDeadline(formatDeadline(deadlineMs))).toBe(expected)
      }),
    )
  })

  it.each(['', '0', '-1', '1.5', '1e3', ' 5', '600001', '9999999', '0x10'])('rejects «%s»', (value) => {
    expect(() => parseDeadline(value)).toThrow('whole milliseconds')
  })
})
