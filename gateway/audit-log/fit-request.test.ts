import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { parseEntry } from '../../contract/audit-log/entry.ts'
import { SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { fitRequest } from './fit-request.ts'

const [LEG] = SAMPLE_REQUEST.legs
const [DENIAL] = SAMPLE_REQUEST.denied
const MAX_BYTES = 65_535

function requestOf(coordinates: number, legs: number, denied: number) {
  return {
    ...SAMPLE_REQUEST,
    coordinates: Array.from({ length: coordinates }, (_, at) => `Type${at}.field`),
    legs: Array.from({ length: legs }, (_, at) => ({ ...(LEG as NonNullable<typeof LEG>), domain: `domain${at}` })),
    denied: Array.from({ length: denied }, (_, at) => ({
      ...(DENIAL as NonNullable<typeof DENIAL>),
      coordinate: `T.f${at}`,
    })),
  }
}

describe('a request that is large', () => {
  it('is split into several entries, whose lists together are the original lists', () => {
    const size = fc.nat({ max: 3_000 })
    fc.assert(
      fc.property(size, fc.nat({ max: 300 }), size, (coordinates, legs, denied) => {
        const whole = requestOf(coordinates, legs, denied)
        const [entry, ...rest] = fitRequest(whole)
        for (const each of [entry, ...rest]) {
          expect(canonicalBytes(each).length).toBeLessThanOrEqual(MAX_BYTES)
          expect(parseEntry(canonicalBytes(each))).toEqual(each)
        }
        expect(entry.continuations).toBe(rest.length)
        expect(rest.map(({ of, part }) => [of, part])).toEqual(rest.map((_, at) => [entry.id, at + 1]))
        for (const name of ['coordinates', 'legs', 'denied'] as const) {
          expect([entry, ...rest].flatMap((each): readonly unknown[] => each[name])).toEqual(whole[name])
        }
      }),
      { numRuns: 30 },
    )
  })

  it('stays one entry if it fits', () => {
    expect(fitRequest(SAMPLE_REQUEST)).toEqual([SAMPLE_REQUEST])
  })
})
