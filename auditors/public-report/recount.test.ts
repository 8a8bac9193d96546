import { describe, expect, it } from 'vitest'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import { SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { type PublicReport, recount } from '../check-report.ts'

const REPORT = {
  ...{ version: 1, from: '2026-11-01', until: '2026-11-30', threshold: 3, country: null },
  ...{ madeAt: '2026-12-02T00:00:00.000Z' },
} as unknown as PublicReport

/** A log with requests at these places, one a day from a day of November on. */
function readerOf(indexes: readonly number[], firstDay: number): LogReader {
  return {
    log: { name: 'istmo.example/gateway' },
    policy: parsePolicy('quorum none\n'),
    async *entries() {
      for (const [at, index] of indexes.entries()) {
        const time = new Date(Date.UTC(2026, 10, firstDay + at, 12)).toISOString()
        const id = `019ab7e5-2f40-7c3a-9c1d-3a1b2c3d${String(index).padStart(4, '0')}`
        yield { index, bytes: canonicalBytes({ ...SAMPLE_REQUEST, id, time }) }
      }
    },
  } as unknown as LogReader
}

const isPruned = async (indexes: readonly number[], firstDay: number) =>
  (await recount([readerOf(indexes, firstDay)], REPORT)).logs[0]?.isPruned

describe('a report that is counted again', () => {
  it('is about pruned entries if what is missing may be of its days', async () => {
    expect(await isPruned([0, 1, 2, 3], 4)).toBe(false)
    // What is missing is older than entry 256, which is older than the report's days.
    expect(await isPruned([256, 257, 258], -1)).toBe(false)
    expect(await isPruned([256, 257, 258], 4)).toBe(true)
    // A range in between was held.
    expect(await isPruned([0, 1, 512, 513], 4)).toBe(true)
  })
})
