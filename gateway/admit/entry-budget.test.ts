import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEntryBudget, type ReserveEntry } from './admission.ts'

const KIB = 1_024

function codeOf(reserve: ReserveEntry, network: string): unknown {
  try {
    reserve(network)
    return 'reserved'
  } catch (error) {
    const { code, retryAfterSeconds } = error as { code: unknown; retryAfterSeconds: unknown }
    return [code, retryAfterSeconds]
  }
}

describe('the budget of entries', () => {
  it('of one network does not take from another network, until the budget of all is spent', () => {
    const rates = { network: { perSecond: KIB, burst: 8 * KIB }, all: { perSecond: KIB, burst: 12 * KIB } }
    const reserve = createEntryBudget(rates, () => 0)
    expect([1, 2, 3].map(() => codeOf(reserve, 'a'))).toEqual(['reserved', 'reserved', ['RATE_LIMITED', 4]])
    expect([1, 2].map(() => codeOf(reserve, 'b'))).toEqual(['reserved', ['RATE_LIMITED', 4]])
  })

  it('is charged with the real size of an entry, also one that is larger than what was reserved', () => {
    let nowS = 0
    const reserve = createEntryBudget({ network: { perSecond: KIB, burst: 8 * KIB }, all: null }, () => nowS)
    reserve('a')(20 * KIB)
    expect(codeOf(reserve, 'a')).toEqual(['RATE_LIMITED', 16])
    nowS = 16
    expect(codeOf(reserve, 'a')).toBe('reserved')
  })

  it('is given back if a request leaves no entry', () => {
    const reserve = createEntryBudget({ network: { perSecond: 1, burst: 4 * KIB }, all: null }, () => 0)
    for (let time = 0; time < 10; time++) reserve('a')(0)
    expect(codeOf(reserve, 'a')).toBe('reserved')
  })

  it('is unlimited without rates, and lets one request pass if it is smaller than a reservation', () => {
    const free = createEntryBudget({ network: null, all: null }, () => 0)
    for (let time = 0; time < 100; time++) free('a')(1_000_000)
    let nowS = 0
    const tiny = createEntryBudget({ network: null, all: { perSecond: 10, burst: 100 } }, () => nowS)
    tiny('a')(100)
    expect(codeOf(tiny, 'a')).toEqual(['RATE_LIMITED', 10])
    nowS = 10
    expect(codeOf(tiny, 'a')).toBe('reserved')
  })

  it('never lets more bytes through than its burst, its rate, and one entry', () => {
    const sizes = fc.array(fc.record({ bytes: fc.nat(30_000), waitS: fc.double({ min: 0, max: 20, noNaN: true }) }))
    fc.assert(
      fc.property(sizes, (requests) => {
        let nowS = 0
        let written = 0
        const reserve = createEntryBudget({ network: null, all: { perSecond: 500, burst: 50_000 } }, () => nowS)
        for (const { bytes, waitS } of requests) {
          nowS += waitS
          try {
            reserve('a')(bytes)
            written += bytes
          } catch {
            continue
          }
          expect(written).toBeLessThanOrEqual(50_000 + nowS * 500 + 30_000)
        }
      }),
    )
  })
})
