import { describe, expect, it } from 'vitest'
import { secondsFor } from './measure.ts'

describe('how long a window is', () => {
  it.each([
    [0, 5, 0],
    [12, 0.01, 1],
    [12, 1.3, 32],
    [12, 60, 120],
  ])('has time for %d answers of %d s: %d s', (answers, each, seconds) => {
    expect(secondsFor(answers, each)).toBe(seconds)
  })
})
