import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Reading } from './plan-readings.ts'
import { createWatermarkFinder, isComparable, isLater, moveBack } from './sync-state.ts'

const reading = (place: string) => ({ feed: { place, since: 'at' } }) as unknown as Reading

describe('moveBack', () => {
  it.each([
    ['2026-01-01 00:05:00', '2025-12-31 23:50:00'],
    ['2026-01-01 00:05:00.123456+00', '2025-12-31 23:50:00+00'],
    ['2026-03-01T10:00:00Z', '2026-03-01T09:45:00Z'],
    ['2026-03-01', '2026-02-28'],
    ['184467', '184467'],
  ])('%s → %s', (value, moved) => {
    expect(moveBack(value)).toBe(moved)
  })

  it('always moves a time to an earlier one of the same form', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
        (date) => {
          const text = date.toISOString().replace('T', ' ').replace('Z', '')
          expect(isLater(text, moveBack(text))).toBe(true)
          expect(Date.parse(`${text}Z`) - Date.parse(`${moveBack(text)}Z`)).toBeGreaterThanOrEqual(15 * 60_000)
        },
      ),
    )
  })
})

it('compares numbers by their size and times by their text', () => {
  expect(isLater('10', '9')).toBe(true)
  expect(isLater('2026-01-10', '2026-01-09')).toBe(true)
  expect(isLater('9', '10')).toBe(false)
})

it.each([
  ['2026-01-01', true],
  ['2026-01-01 10:00:00', true],
  ['77', true],
  ['01/02/2026', false],
  ['', false],
])('knows whether «%s» can be compared', (value, is) => {
  expect(isComparable(value)).toBe(is)
})

it('keeps the highest value of each feed, and never goes back behind an earlier run', () => {
  const finder = createWatermarkFinder({ cases: '2026-05-01 00:00:00', persons: '5' })
  for (const value of ['2026-01-01 00:00:00', null, '', '2026-02-01 00:00:00']) finder.see(reading('cases'), value)
  for (const value of ['9', '10', '7']) finder.see(reading('persons'), value)
  finder.see(reading('warrants'), '2026-01-01')
  expect(finder.marks()).toEqual({ cases: '2026-05-01 00:00:00', persons: '10', warrants: '2025-12-31' })
})
