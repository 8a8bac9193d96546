import { describe, expect, it } from 'vitest'
import { createCountedWait } from './audit-log.ts'

describe('the wait of a counted rejection', () => {
  it('is 100 ms long, and at most a thousand answers wait at once', async () => {
    const pauses: { readonly ms: number; readonly end: () => void }[] = []
    const wait = createCountedWait((ms) => new Promise((end) => pauses.push({ ms, end })))
    const waiting = Array.from({ length: 1_000 }, wait)
    expect(new Set(pauses.map(({ ms }) => ms))).toEqual(new Set([100]))
    await Promise.all([wait(), wait()])
    expect(pauses).toHaveLength(1_000)
    pauses[0]?.end()
    await waiting[0]
    void wait()
    expect(pauses).toHaveLength(1_001)
  })
})
