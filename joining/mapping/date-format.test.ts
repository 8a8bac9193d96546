import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileDateFormat, daysOfMonth, writeDay } from './value-forms.ts'

/** Reads a text by a form; the day, null for another text, or the fault of the form. */
function read(format: string, text: string, yearsFrom: number | null = null) {
  const compiled = compileDateFormat(format, yearsFrom)
  if ('fault' in compiled) return compiled.fault
  const parts = compiled.read(text)
  return parts === null ? null : writeDay(parts.year, parts.month, parts.day ?? 0)
}

const SPANISH = 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'.split(' ')
const ENGLISH = 'January February March April May June July August September October November December'.split(' ')

const two = (value: number): string => String(value).padStart(2, '0')

/** How each token writes a day: plainly, without the code under test. */
const WRITERS: Readonly<Record<string, (at: Date) => string>> = {
  YYYY: (at) => String(at.getUTCFullYear()).padStart(4, '0'),
  YY: (at) => two(at.getUTCFullYear() % 100),
  MM: (at) => two(at.getUTCMonth() + 1),
  M: (at) => String(at.getUTCMonth() + 1),
  MMMM: (at) => SPANISH[at.getUTCMonth()] ?? '',
  MMM: (at) => (ENGLISH[at.getUTCMonth()] ?? '').slice(0, 3),
  DD: (at) => two(at.getUTCDate()),
  D: (at) => String(at.getUTCDate()),
}

const day = fc.date({
  min: new Date('1930-01-01T00:00:00Z'),
  max: new Date('2029-12-31T00:00:00Z'),
  noInvalidDate: true,
})
const tokens = fc
  .tuple(fc.constantFrom('YYYY', 'YY'), fc.constantFrom('MM', 'M', 'MMM', 'MMMM'), fc.constantFrom('DD', 'D'))
  .chain((parts) => fc.shuffledSubarray(parts, { minLength: 3, maxLength: 3 }))

describe('a form reads what is written in it', () => {
  it('for each order, sign and token', () => {
    fc.assert(
      fc.property(day, tokens, fc.constantFrom('/', '-', '.', ' ', ', '), (at, parts, sign) => {
        const text = parts.map((token) => WRITERS[token]?.(at) ?? '').join(sign)
        expect(read(parts.join(sign), text, 1930)).toBe(at.toISOString().slice(0, 10))
      }),
    )
  })

  it('and nothing that the calendar does not have', () => {
    const number = fc.integer({ min: 0, max: 99 })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9999 }), number, number, (year, month, date) => {
        const text = `${two(date)}/${two(month)}/${String(year).padStart(4, '0')}`
        const at = new Date(0)
        at.setUTCFullYear(year, month - 1, date)
        const exists = year > 0 && month > 0 && at.getUTCMonth() === month - 1 && at.getUTCDate() === date && month < 13
        expect(read('DD/MM/YYYY', text)).toBe(exists ? at.toISOString().slice(0, 10) : null)
      }),
    )
  })

  it.each([
    ['DD/MM/YYYY', '31/02/2024', null],
    ['DD/MM/YYYY', '29/02/2023', null],
    ['DD/MM/YYYY', '29/02/2024', '2024-02-29'],
    ['DD/MM/YYYY', '29/02/1900', null],
    ['DD/MM/YYYY', '29/02/2000', '2000-02-29'],
    ['DD/MM/YYYY', '00/00/0000', null],
    ['DD/MM/YYYY', '1/2/2024', null],
    ['D/M/YYYY', '1/2/2024', '2024-02-01'],
    ['D/M/YYYY', '01/02/2024', '2024-02-01'],
    ['DD/MM/YYYY', '01-02-2024', null],
    ['DD/MM/YYYY', '01/02/24', null],
    ['DD/MM/YYYY', ' 01/02/2024', null],
    ['YYYYMMDD', '20240131', '2024-01-31'],
    ['YYYYMMDD', '2024131', null],
    ['D [de] MMMM [de] YYYY', '14 de setiembre de 2020', '2020-09-14'],
    ['D [de] MMMM [de] YYYY', '14  DE SEPTIEMBRE  de 2020', '2020-09-14'],
    ['D [de] MMMM [de] YYYY', '14 del septiembre de 2020', null],
    ['D MMM YYYY', '14 sept. 2020', '2020-09-14'],
    ['D MMM YYYY', '14 Sep 2020', '2020-09-14'],
    ['D MMM YYYY', '14 December 2020', '2020-12-14'],
    ['D MMMM YYYY', '14 Dec 2020', null],
    ['D-MMM-YYYY', '14-ago-2020', '2020-08-14'],
    ['D-MMM-YYYY', '14-agx-2020', null],
    ['MMM D YYYY h:mmA', 'Mar 14 2026  9:26PM', '2026-03-14'],
    ['DD/MM/YYYY HH:mm', '14/03/2026 24:00', null],
    ['DD/MM/YYYY HH:mm', '14/03/2026 23:60', null],
    ['DD/MM/YYYY hh:mm A', '14/03/2026 00:10 p. m.', null],
    ['DD/MM/YYYY hh:mm A', '14/03/2026 12:10 p. m.', '2026-03-14'],
    ['MMMM YYYY', 'Enero 2017', '2017-01-00'],
    ['DD.MM.YYYY', '14x03x2026', null],
  ])('%s of «%s» is %s', (format, text, expected) => {
    expect(read(format, text)).toBe(expected)
  })

  it.each([
    [1930, '29', 2029],
    [1930, '30', 1930],
    [1930, '99', 1999],
    [1950, '49', 2049],
    [1900, '00', 1900],
    [1901, '00', 2000],
    [2000, '99', 2099],
  ])('with years from %i, %s is %i', (from, text, year) => {
    expect(read('DD/MM/YY', `01/02/${text}`, from)).toBe(`${year}-02-01`)
  })

  it('reads the time and the offset', () => {
    const compiled = compileDateFormat('YYYY-MM-DDTHH:mm:ss.SSSZ', null)
    expect('read' in compiled && compiled.read('2024-01-31T10:05:09.123-06:00')).toEqual({
      year: 2024,
      month: 1,
      day: 31,
      hour: 10,
      minute: 5,
      second: 9,
      fraction: '123',
      offset: -360,
    })
  })
})

describe('a form that cannot be used says why', () => {
  it.each([
    ['DD/MM', { kind: 'lacks', text: 'YYYY' }],
    ['DD/YYYY', { kind: 'lacks', text: 'MM' }],
    ['DD/MM/YY', { kind: 'years', text: 'YY' }],
    ['DD/MM/YYYY hh:mm', { kind: 'lacksHalf', text: 'A' }],
    ['DD/MM/YYYY HH:mm A', { kind: 'lacks', text: 'h' }],
    ['DD/MM/YYYY DD', { kind: 'twice', text: 'DD' }],
    ['DD/MM/YYYY YY', { kind: 'twice', text: 'YY' }],
    ['DD MM MMMM YYYY', { kind: 'twice', text: 'MMMM' }],
    ['dd/mm/aaaa', { kind: 'unknown', text: 'dd' }],
    ['DD de MMMM de YYYY', { kind: 'unknown', text: 'de' }],
    ['Q', { kind: 'unknown', text: 'Q' }],
  ])('%s', (format, fault) => {
    expect(read(format, '')).toEqual(fault)
  })
})

it('knows the days of each month', () => {
  for (let year = 1895; year < 2105; year++) {
    for (let month = 1; month <= 12; month++) {
      expect(daysOfMonth(year, month)).toBe(new Date(Date.UTC(year, month, 0)).getUTCDate())
    }
  }
})
