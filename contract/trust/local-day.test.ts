import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isMandateOver, isTimeZone, localDay, toDayNumber } from './local-day.ts'

const ZONES = ['UTC', 'America/Guatemala', 'Europe/Madrid', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'Pacific/Pago_Pago']

/** What another way through Intl says. */
const plainly = (ms: number, timeZone: string) => new Intl.DateTimeFormat('en-CA', { timeZone }).format(ms)

describe('the day in a time zone', () => {
  it('is that of the calendar there, in whichever order moments and zones are asked', () => {
    const moment = fc.tuple(fc.integer({ min: 63_072_000_000, max: 4_102_444_800_000 }), fc.constantFrom(...ZONES))
    const near = fc.integer({ min: -120_000, max: 120_000 })
    fc.assert(
      fc.property(moment, fc.array(near, { maxLength: 5 }), ([ms, zone], steps) => {
        for (const step of [0, ...steps]) expect(localDay(ms + step, zone)).toBe(plainly(ms + step, zone))
      }),
    )
  })

  it('changes at midnight there, to the millisecond', () => {
    expect(localDay(Date.parse('2027-04-01T05:59:59.999Z'), 'America/Guatemala')).toBe('2027-03-31')
    expect(localDay(Date.parse('2027-04-01T06:00:00.000Z'), 'America/Guatemala')).toBe('2027-04-01')
    expect(localDay(Date.parse('2027-04-01T05:59:59.999Z'), 'America/Guatemala')).toBe('2027-03-31')
  })

  it('does not exist in a zone that does not exist', () => {
    expect(() => localDay(0, 'America/Atlantis')).toThrow(/time zone/)
    for (const name of ['America/Atlantis', '-06:00', '', 'UTC\n', '../etc']) expect(isTimeZone(name)).toBe(false)
    for (const name of ZONES) expect(isTimeZone(name)).toBe(true)
  })
})

describe('the last day of a mandate', () => {
  const mandate = { not_after: '2027-03-31', time_zone: 'America/Guatemala' }
  it.each<[string, Parameters<typeof isMandateOver>[0], string, boolean]>([
    ['lasts until midnight there', mandate, '2027-04-01T05:59:59.999Z', false],
    ['is over from midnight there on', mandate, '2027-04-01T06:00:00Z', true],
    ['is over earlier in the east', { ...mandate, time_zone: 'Asia/Tokyo' }, '2027-03-31T15:00:00Z', true],
    ['lasts until midnight UTC without a time zone', { not_after: '2027-03-31' }, '2027-03-31T23:59:59.999Z', false],
    ['is over at midnight UTC without a time zone', { not_after: '2027-03-31' }, '2027-04-01T00:00:00Z', true],
    ['is over if there is no such day', { ...mandate, not_after: '2027-02-30' }, '2027-01-01T00:00:00Z', true],
    [
      'is over if there is no such time zone',
      { ...mandate, time_zone: 'America/Atlantis' },
      '2027-01-01T00:00:00Z',
      true,
    ],
    ['is over at no time that a clock can have', mandate, 'nonsense', true],
  ])('%s', (_, of, now, isOver) => {
    expect(isMandateOver(of, Date.parse(now))).toBe(isOver)
  })
})

it('a day has a number only if the calendar has it', () => {
  expect(toDayNumber('1970-01-02')).toBe(1)
  expect(toDayNumber('2028-02-29')).toBe(21_243)
  for (const day of ['2027-02-29', '2027-02-29', '2027-13-01', '27-01-01', '2027-1-1', '', '2027-01-01T00']) {
    expect(toDayNumber(day)).toBeUndefined()
  }
})

it('a day that was counted before has the number of before, however many others were counted since', () => {
  const text = fc.oneof(
    fc
      .date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10)),
    fc.stringMatching(/^\d{4}-\d\d-\d\d$/),
    fc.string({ maxLength: 11 }),
  )
  /** What the calendar says, by another way. */
  const plainNumber = (day: string): number | undefined => {
    const [, year = 0, month = 0, ofMonth = 0] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? []).map(Number)
    const date = new Date(0)
    date.setUTCFullYear(year, month - 1, ofMonth)
    const isDay = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === ofMonth
    return isDay && /^\d{4}-\d\d-\d\d$/.test(day) ? date.getTime() / 86_400_000 : undefined
  }
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), (days) => {
      for (const day of [...days, ...days]) expect(toDayNumber(day)).toBe(plainNumber(day))
    }),
    { numRuns: 300 },
  )
})
