import { describe, expect, it } from 'vitest'
import { UsageError } from '../service/usage-error.ts'
import { FILTER_OPTIONS, type FilterLine, readFilter } from './options.ts'

const lineOf = (given: Partial<FilterLine>): FilterLine => {
  const none = Object.fromEntries(Object.keys(FILTER_OPTIONS).map((key) => [key, undefined]))
  return { ...none, ...given } as FilterLine
}

describe('what selects entries', () => {
  it.each([
    ['kind', 'reqest'],
    ['kind', 'constructor'],
    ['purpose', 'INVESTIGACION'],
    ['country', 'gt'],
    ['actorCountry', 'Guatemala'],
    ['outcome', 'answered'],
    ['code', 'forbidden_by_country'],
    ['code', 'RATE LIMITED'],
    ['coordinate', 'birthDate'],
    ['coordinate', 'Person.birthDate '],
    ['coordinate', 'Query.person(id)'],
    ['denied', 'Person'],
    ['from', '11/12/2026'],
    ['from', '2026'],
    ['from', '2026-02-30'],
    ['from', 'Nov 24 2026'],
    ['until', '2026-11-24T00:00:00'],
  ] as const)('%s is never the misspelt %s, which would find nothing, or something else', (key, text) => {
    expect(FILTER_OPTIONS[key].parse(text)).toBeUndefined()
  })

  it.each([
    ['kind', 'request', 'request'],
    ['kind', 'salt-erasure', 'salt-erasure'],
    ['purpose', 'OVERSIGHT', 'OVERSIGHT'],
    ['country', 'GT', 'GT'],
    ['actorCountry', 'UN', 'UN'],
    ['code', 'RATE_LIMITED', 'RATE_LIMITED'],
    ['coordinate', 'Person.birthDate', 'Person.birthDate'],
    ['denied', 'Query.person(id:)', 'Query.person(id:)'],
    ['from', '2026-11-24', '2026-11-24T00:00:00.000Z'],
    ['from', '2026-11-24T10:30-06:00', '2026-11-24T16:30:00.000Z'],
    ['until', '2026-11-24T00:00:00.25Z', '2026-11-24T00:00:00.250Z'],
  ] as const)('%s takes %s', (key, text, value) => {
    expect(FILTER_OPTIONS[key].parse(text)).toBe(value)
  })

  it('is no range that ends before it begins', () => {
    const [from, until] = ['2026-11-21T00:00:00.000Z', '2026-11-20T00:00:00.000Z']
    expect(readFilter(lineOf({ from: until, until: from }))).toEqual({ from: until, until: from })
    expect(() => readFilter(lineOf({ from, until }))).toThrow(UsageError)
    expect(() => readFilter(lineOf({ from, until: from }))).toThrow(/^--from, --until: expected .*; came none between/)
  })
})
