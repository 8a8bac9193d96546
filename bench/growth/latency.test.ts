import { describe, expect, it } from 'vitest'
import { type Row, writeSection } from './latency.ts'

const row = (contender: string, p99s: readonly number[]): Row => ({
  ...{ operation: 'b', contender, title: `the ${contender}` },
  rounds: p99s.map((p99Ms) => ({
    ...{ requests: 100, p50Ms: 2, p99Ms, lateP99Ms: 0.1, withoutConnection: 0 },
    ...{ top: 1_000, otherShare: 0, busyShare: 0.7, waitedShares: [0.02, 0.05] as const },
  })),
})

describe('the page about the time of an answer', () => {
  it('judges Istmo only, by its median, with the control of the same operation beside it', () => {
    const { judged, table } = writeSection([
      ...[row('limit', [40, 80, 60]), row('stock', [90]), row('istmo', [4, 400, 8]), row('dress', [2])],
      { ...row('limit', [500]), operation: 'c' },
    ])
    expect(judged.map(({ what, value, beside }) => [what, value, beside])).toEqual([
      ['(b) the istmo: p99 ÷ p50', 4, 'the limit in the same rounds: 30'],
      ['(b) the dress: p99 ÷ p50', 1, 'the limit in the same rounds: 30'],
    ])
    expect(table).toContain('| (b) the limit | 1,000 | 700 | 2 | 60 | 30 | 0.1 | 70 | 2 | 5 |')
    expect(table).toContain('| (c) the limit |')
  })

  it('does not judge a gateway for a load that the generator could not send', () => {
    const [one] = row('istmo', [3_000]).rounds
    const seen = (busyShare: number, withoutConnection: number) =>
      writeSection([
        { ...row('istmo', []), rounds: one === undefined ? [] : [{ ...one, busyShare, withoutConnection }] },
      ])
    expect(seen(0.5, 30).judged[0]?.value).toBeNaN()
    expect(seen(0.5, 30).doubts).toEqual([expect.stringContaining('the generator had no free connection')])
    // A gateway that had no time left made the requests wait itself.
    expect(seen(0.99, 30).judged[0]?.value).toBe(1_500)
    expect(seen(0.5, 0).judged[0]?.value).toBe(1_500)
  })
})
