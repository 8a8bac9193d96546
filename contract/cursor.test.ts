import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ascendingDateKey,
  checkFirst,
  compareBytes,
  comparePlaces,
  dateOfDescendingKey,
  decodeCursor,
  descendingDateKey,
  encodeCursor,
} from './cursor.ts'

const day = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const place = fc.record({ key: fc.string(), id: fc.string() })

describe('cursors', () => {
  it('are decoded as they were encoded, with and without silent countries', () => {
    const silent = fc.dictionary(fc.stringMatching(/^[A-Z]{2}$/), fc.oneof(fc.constant(0 as const), place), {
      minKeys: 1,
    })
    fc.assert(
      fc.property(place, fc.option(silent, { nil: undefined }), (at, countries) => {
        const cursor = { order: 'FILED_ON_DESC', ...at, ...(countries ? { silent: countries } : {}) }
        expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor)
      }),
    )
  })

  it('are decoded also after a failure of 150 countries whose ids are as long as an id may be', () => {
    const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(65 + at))
    const codes = letters.flatMap((one) => letters.map((other) => `${one}${other}`)).slice(0, 150)
    const longest = (code: string) => ({ key: `${code}:${'9'.repeat(120)}`, id: `${code}:${'9'.repeat(120)}` })
    const silent = Object.fromEntries(codes.map((code) => [code, longest(code)]))
    const cursor = { order: 'ID_ASC', ...longest('GT'), silent }
    expect(decodeCursor(encodeCursor(cursor))).toEqual(cursor)
  })

  it('are written as base64url of [order, key, id]', () => {
    const text = encodeCursor({ order: 'ID_ASC', key: '', id: 'GT:1' })
    expect(Buffer.from(text, 'base64url').toString()).toBe('["ID_ASC","","GT:1"]')
    expect(encodeCursor({ order: 'ID_ASC', key: '', id: 'GT:1', silent: {} })).toBe(text)
  })

  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  it.each([
    ['not base64url', 'a b'],
    ['empty', ''],
    ['not JSON', Buffer.from('{').toString('base64url')],
    ['not UTF-8', Buffer.from([0xff, 0xfe]).toString('base64url')],
    ['two members', encode(['ID_ASC', ''])],
    ['five members', encode(['ID_ASC', '', 'GT:1', { HN: 0 }, 1])],
    ['a number for a key', encode(['ID_ASC', 1, 'GT:1'])],
    ['an order in lower-case letters', encode(['id', '', 'GT:1'])],
    ['a fourth member without a country', encode(['ID_ASC', '', 'GT:1', {}])],
    ['a fourth member with a malformed place', encode(['ID_ASC', '', 'GT:1', { HN: [1, 2] }])],
    ['a list as the fourth member', encode(['ID_ASC', '', 'GT:1', []])],
    ['too long', 'A'.repeat(65_537)],
  ])('are BAD_CURSOR: %s', (_, text) => {
    expect(() => decodeCursor(text)).toThrow(expect.objectContaining({ code: 'BAD_CURSOR', status: 400 }))
  })

  it('are BAD_CURSOR if they belong to another order', () => {
    const text = encodeCursor({ order: 'ID_ASC', key: '', id: 'GT:1' })
    expect(() => decodeCursor(text, 'FILED_ON_DESC')).toThrow(expect.objectContaining({ code: 'BAD_CURSOR' }))
    expect(decodeCursor(text, 'ID_ASC').id).toBe('GT:1')
  })
})

describe('order keys', () => {
  it('sort by bytes in the order of the dates, ascending or descending', () => {
    fc.assert(
      fc.property(day, day, (a, b) => {
        const byDate = a < b ? -1 : a > b ? 1 : 0
        expect(Math.sign(compareBytes(ascendingDateKey(a), ascendingDateKey(b)))).toBe(byDate)
        expect(Math.sign(compareBytes(descendingDateKey(a), descendingDateKey(b)))).toBe(byDate === 0 ? 0 : -byDate)
      }),
    )
  })

  it('put an absent date last in both directions', () => {
    fc.assert(
      fc.property(day, (a) => {
        expect(compareBytes(ascendingDateKey(a), ascendingDateKey(null))).toBeLessThan(0)
        expect(compareBytes(descendingDateKey(a), descendingDateKey(null))).toBeLessThan(0)
      }),
    )
  })

  it('are converted back into their dates', () => {
    fc.assert(
      fc.property(fc.option(day), (date) => {
        expect(dateOfDescendingKey(descendingDateKey(date))).toBe(date)
      }),
    )
    expect(dateOfDescendingKey('x')).toBeUndefined()
  })

  it('are 9,000,000 minus the number of the day', () => {
    expect(descendingDateKey('1970-01-01')).toBe('9000000')
    expect(descendingDateKey('2026-11-24')).toBe('8979219')
  })
})

describe('the total order', () => {
  it('compares UTF-8 bytes, also above U+FFFF', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        fc.pre(a.isWellFormed() && b.isWellFormed())
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
      { numRuns: 1000 },
    )
    expect(compareBytes('\uffee', '\u{1f600}')).toBeLessThan(0)
  })

  it('compares keys, then ids', () => {
    expect(comparePlaces({ key: 'a', id: 'z' }, { key: 'b', id: 'a' })).toBeLessThan(0)
    expect(comparePlaces({ key: 'a', id: 'a' }, { key: 'a', id: 'b' })).toBeLessThan(0)
  })
})

describe('a page’s size', () => {
  it.each([0, 1, 100])('may be %i', (first) => expect(checkFirst(first, 'Query.cases')).toBe(first))
  it.each([-1, 101, 1.5, Number.NaN])('may not be %d', (first) => {
    expect(() => checkFirst(first, 'Query.cases')).toThrow(/Query\.cases\(first:\) takes 0 to 100/)
  })
})
