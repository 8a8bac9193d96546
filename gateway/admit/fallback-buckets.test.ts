import { describe, expect, it } from 'vitest'
import type { TakeToken } from './rate.ts'
import { createFallbackBuckets } from './rate.ts'

const RATE = { perSecond: 0.001, burst: 2 }

describe('shared buckets that fail', () => {
  it('are replaced by buckets in memory, and tried again after a pause', async () => {
    let now = 100
    let isDown = true
    let tried = 0
    const failures: unknown[] = []
    const shared: TakeToken = async () => {
      tried += 1
      if (isDown) throw new Error('down')
      return { isTaken: true }
    }
    const take = createFallbackBuckets(
      shared,
      (error) => failures.push(error),
      () => now,
    )
    const taken = [await take('a', RATE), await take('a', RATE), await take('a', RATE)].map(({ isTaken }) => isTaken)
    expect(taken).toEqual([true, true, false])
    expect([tried, failures.length]).toEqual([1, 1])
    now += 5
    expect((await take('a', RATE)).isTaken).toBe(false)
    expect([tried, failures.length]).toEqual([2, 2])
    now += 5
    isDown = false
    expect(await take('a', RATE)).toEqual({ isTaken: true })
    expect(failures).toHaveLength(2)
  })
})
