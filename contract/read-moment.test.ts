import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readMoment } from './read-moment.ts'

it.each([
  ['2026-11-24', '2026-11-24T00:00:00.000Z'],
  ['2026-11-24T10:30-06:00', '2026-11-24T16:30:00.000Z'],
  ['2026-11-24T10:30:15.5Z', '2026-11-24T10:30:15.500Z'],
])('%s is a moment', (text, moment) => {
  expect(new Date(readMoment(text) ?? Number.NaN).toISOString()).toBe(moment)
})

it.each([
  '11/12/2026',
  '2026-11',
  '2026',
  '2026-02-30',
  '2026-02-30T00:00:00Z',
  '2026-11-24T00:00:00',
  '2026-11-24T25:00:00Z',
  'Nov 24 2026',
  'yesterday',
  '',
])('%o is none, because it could be several or is no day', (text) => {
  expect(readMoment(text)).toBeUndefined()
})

it('reads what toISOString writes', () => {
  const times = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  fc.assert(
    fc.property(times, (time) => {
      expect(readMoment(time.toISOString())).toBe(time.getTime())
    }),
  )
})
