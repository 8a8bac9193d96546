import { describe, expect, it } from 'vitest'
import { type GatewaySummary, joinSummaries } from './read-logs.ts'

const summary = (firstMs: number, lastMs: number, isStopped = false): GatewaySummary => ({
  ends: { firstMs, lastMs, isStopped },
  interruptions: [{ fromMs: firstMs, toMs: firstMs + 1 }],
  differences: [],
  endIndex: 7,
})

describe('the logs of a gateway’s workers', () => {
  it.each([
    ['one', [summary(1, 9)], { firstMs: 1, lastMs: 9, isStopped: false }],
    [
      'the one that was read least far decides the end',
      [summary(5, 9), summary(1, 7)],
      { firstMs: 1, lastMs: 7, isStopped: false },
    ],
    ['one that stopped is complete', [summary(1, 3, true), summary(2, 8)], { firstMs: 1, lastMs: 8, isStopped: false }],
    ['all stopped', [summary(1, 3, true), summary(2, 8, true)], { firstMs: 1, lastMs: 8, isStopped: true }],
  ])('are known together: %s', (_, all, ends) => {
    const joined = joinSummaries(all)
    expect(joined.ends).toEqual(ends)
    expect(joined.interruptions).toHaveLength(all.length)
  })
})
