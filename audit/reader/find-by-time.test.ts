import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findFirstByTime, readTimes } from './log-reader.ts'

/** Times that grow, each out of order by at most `skewMs`. */
const logs = fc.record({
  steps: fc.array(fc.nat(20), { maxLength: 400 }),
  skews: fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 50 }),
})

function timesOf({ steps, skews }: { readonly steps: readonly number[]; readonly skews: readonly number[] }) {
  let now = 1_000
  return steps.map((step, at) => {
    now += step
    return now + (skews[at % skews.length] ?? 0)
  })
}

describe('the first entry of a time', () => {
  it('is found so that no entry before it is as late, with few readings', async () => {
    await fc.assert(
      fc.asyncProperty(logs, fc.nat(5_000), async (log, fromMs) => {
        const times = timesOf(log)
        let readings = 0
        const found = await findFirstByTime(times.length, fromMs - 10, async (index, count) => {
          readings++
          return times.slice(index, index + count)
        })
        expect(times.slice(0, found).filter((time) => time >= fromMs)).toEqual([])
        expect(readings).toBeLessThanOrEqual(Math.ceil(Math.log2(times.length + 1)) + 1)
      }),
    )
  })

  it('is not missed because of one entry with a false time', async () => {
    const times = Array.from({ length: 1_000 }, (_, at) => at * 10)
    for (const false_ of [0, 10 ** 12]) {
      for (let at = 0; at < 1_000; at += 7) {
        const wrong = times.with(at, false_)
        const found = await findFirstByTime(1_000, 5_000, async (index, count) => wrong.slice(index, index + count))
        expect(found).toBeLessThanOrEqual(500)
      }
    }
  })

  it('is read from entries, without those that have no time', async () => {
    const texts = [
      '{"time":"1970-01-01T00:00:01.000Z"}',
      'no JSON',
      '{"time":7}',
      '{"time":"1970-01-01T00:00:02.000Z"}',
      '{}',
    ]
    async function* entries() {
      for (const [index, text] of texts.entries()) yield { index, bytes: Buffer.from(text) }
    }
    expect(await readTimes(entries(), 4)).toEqual([1_000, 2_000])
  })
})
