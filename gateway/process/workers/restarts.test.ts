import { describe, expect, it } from 'vitest'
import { createRestarts, MOST_FAILED_STARTS } from './restarts.ts'

describe('a worker that ended', () => {
  it('starts again after a wait that doubles up to half a minute', () => {
    const restarts = createRestarts()
    const waits = Array.from({ length: 12 }, () => restarts.noteEnd(5_000))
    expect(waits).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000, 30_000])
    expect(restarts.count()).toBe(12)
  })

  it('waits as at first after it has listened for a minute', () => {
    const restarts = createRestarts()
    expect([1, 59_999, 60_000, 1].map(restarts.noteEnd)).toEqual([100, 200, 100, 200])
  })

  it('is given up after ten starts in a row that failed, and not if it listened in between', () => {
    const restarts = createRestarts()
    const fail = () => restarts.noteEnd(null)
    expect(Array.from({ length: MOST_FAILED_STARTS - 1 }, fail)).not.toContain(null)
    expect(restarts.noteEnd(1)).toBeTypeOf('number')
    expect(Array.from({ length: MOST_FAILED_STARTS - 1 }, fail)).not.toContain(null)
    expect(fail()).toBeNull()
  })
})
