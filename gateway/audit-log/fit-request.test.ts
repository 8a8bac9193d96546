import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'
import { SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { type PlainRequest, plainFit } from '../../tests/audit-log/plain-entry.ts'
import { fitRequest as fitTexts } from './fit-request.ts'
import { readFitted, textsOf } from './testing.ts'

const fitRequest = (request: PlainRequest, maxBytes?: number) => readFitted(fitTexts(textsOf(request), maxBytes))

const [LEG] = SAMPLE_REQUEST.legs as [EntryOf<'request'>['legs'][number]]
const [DENIAL] = SAMPLE_REQUEST.denied as [EntryOf<'request'>['denied'][number]]
const MAX_BYTES = 65_535
const COUNTRIES = ['GT', 'HN', 'SV', null]

/** A request of an officer of GT with so many items, whose legs and denials are of all countries in turn. */
function requestOf(coordinates: number, legs: number, denied: number) {
  const countryAt = (at: number) => COUNTRIES[at % COUNTRIES.length] as string | null
  return {
    ...{ ...SAMPLE_REQUEST, v: 2 as const },
    coordinates: Array.from({ length: coordinates }, (_, at) => `Type${at}.field`),
    legs: Array.from({ length: legs }, (_, at) => ({ ...LEG, country: countryAt(at), domain: `domain${at}` })),
    denied: Array.from({ length: denied }, (_, at) => ({ ...DENIAL, country: countryAt(at), coordinate: `T.f${at}` })),
  }
}

describe('the entries of a request', () => {
  it('have each item of the lists once, in order, and each country’s only in parts of that country', () => {
    const size = fc.nat({ max: 2_000 })
    fc.assert(
      fc.property(size, fc.nat({ max: 300 }), size, (coordinates, legs, denied) => {
        const whole = requestOf(coordinates, legs, denied)
        const { entry, parts, bytes } = fitRequest(whole)
        const all = [entry, ...parts]
        for (const each of all) {
          expect(canonicalBytes(each).length).toBeLessThanOrEqual(MAX_BYTES)
          expect(parseEntry(canonicalBytes(each))).toEqual(each)
        }
        expect(bytes).toBeGreaterThan(JSON.stringify(all).length * 0.9)
        expect(entry.continuations).toBe(parts.length)
        expect(parts.map(({ of, part }) => [of, part])).toEqual(parts.map((_, at) => [entry.id, at + 1]))
        for (const country of COUNTRIES) {
          const own = [...(country === null ? [entry] : []), ...parts.filter((part) => part.country === country)]
          expect(own.flatMap((each) => each.coordinates)).toEqual(country === null ? whole.coordinates : [])
          for (const name of ['legs', 'denied'] as const) {
            const expected = whole[name].filter((item) => item.country === country)
            expect(own.flatMap((each): readonly unknown[] => each[name])).toEqual(expected)
          }
        }
      }),
      { numRuns: 30 },
    )
  })

  it('fit, also if they are about as large as an entry may be', () => {
    const count = fc.nat({ max: 12 })
    fc.assert(
      fc.property(
        count,
        count,
        count,
        fc.integer({ min: 4_000, max: 9_000 }),
        (coordinates, legs, denied, maxBytes) => {
          const { entry, parts, bytes } = fitRequest(requestOf(coordinates, legs, denied), maxBytes)
          const sizes = [entry, ...parts].map((each) => canonicalBytes(each).length)
          expect(Math.max(...sizes)).toBeLessThanOrEqual(maxBytes)
          expect(bytes).toBeGreaterThanOrEqual(sizes.reduce((sum, size) => sum + size) - 20 * sizes.length)
        },
      ),
    )
  })

  it('fit for each number of coordinates about the largest that one entry holds', () => {
    const maxBytes = 5_000
    const counts = Array.from({ length: 500 }, (_, coordinates) => {
      const { entry, parts } = fitRequest(requestOf(coordinates, 0, 0), maxBytes)
      for (const each of [entry, ...parts]) {
        expect(canonicalBytes(each).length).toBeLessThanOrEqual(maxBytes)
      }
      return parts.length
    })
    expect(counts[0]).toBe(1)
    expect(counts.at(-1)).toBeGreaterThan(1)
  })

  it('tell in the request’s own entry, and in parts of no country, nothing of a country that was asked', () => {
    const { entry, parts } = fitRequest(requestOf(4_000, 9, 9))
    expect(parts.filter(({ country }) => country === null).length).toBeGreaterThan(0)
    const common = [entry, ...parts.filter(({ country }) => country === null)]
    for (const { legs, denied } of common) {
      expect([...legs, ...denied].filter(({ country }) => country !== null)).toEqual([])
    }
    for (const { result, operation, continuations: _, ...rest } of [entry]) {
      const told = JSON.stringify({ ...rest, actor: null, legs: [], denied: [], codes: result.codes, operation })
      for (const country of ['HN', 'SV']) expect(told).not.toContain(`"${country}"`)
    }
  })

  it('have a part of the caller’s country also if that country was not asked, and none if nobody is the caller', () => {
    const early = { ...requestOf(0, 0, 0) }
    expect(fitRequest(early).parts).toMatchObject([{ country: 'GT', part: 1, legs: [], denied: [] }])
    expect(fitRequest({ ...early, actor: null }).parts).toEqual([])
  })

  it('are those of the plain way, wherever their lists are split', () => {
    const count = fc.nat({ max: 40 })
    fc.assert(
      fc.property(
        count,
        count,
        count,
        fc.integer({ min: 2_000, max: 30_000 }),
        (coordinates, legs, denied, maxBytes) => {
          const whole = requestOf(coordinates, legs, denied)
          const [fitted, plain] = [fitRequest(whole, maxBytes), plainFit(whole, maxBytes)]
          expect(fitted.entry).toEqual(plain.entry)
          expect(fitted.parts.map(({ id: _, seq: __, ...part }) => part)).toEqual(
            plain.parts.map(({ id: _, ...part }) => part),
          )
        },
      ),
      { numRuns: 60 },
    )
  })
})
