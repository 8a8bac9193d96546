import { describe, expect, it } from 'vitest'
import { ClockWrongError, checkClock, measureAhead } from './clock-difference.ts'

/** A clock that each reading moves on by a second. */
function tick(startMs: number): () => number {
  let ms = startMs - 1_000
  return () => {
    ms += 1_000
    return ms
  }
}

describe('measureAhead', () => {
  it.each([
    [10, 0],
    [10.9, 0],
    [11, 0],
    [13.5, -2_500],
    [7, 3_000],
  ])(
    'finds for a database at %d s, asked at 10 s and heard at 11 s, that this clock is ahead by %d ms',
    async (databaseS, ahead) => {
      expect(await measureAhead(async () => databaseS, tick(10_000))).toBe(ahead)
    },
  )
})

describe('checkClock', () => {
  it('rejects a clock that differs by more than two seconds, and says by how much and what to do', async () => {
    const check = (databaseS: number) => checkClock(async () => databaseS, tick(100_000))
    await expect(check(99)).resolves.toBeUndefined()
    await expect(check(40)).rejects.toThrow(/within 2 s of the database’s; it is 60 s ahead\. Let NTP set the clocks/)
    await expect(check(401)).rejects.toThrow(/it is 300 s behind/)
    await expect(check(40)).rejects.toBeInstanceOf(ClockWrongError)
  })
})
