import fc from 'fast-check'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { chooseReader, readTexts, timestampText, writeParameter } from './pg-read.ts'

const readAsPg = pg.types.getTypeParser(1009 as number, 'text') as (text: string) => unknown

/** Texts with what PostgreSQL quotes in an array, and what it does not. */
const item = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', 'NULL', 'null', 'a,b', '{a}', '"', '\\', ' a', 'a b', 'Ñandú', '\n', 'nullable'),
  fc.stringMatching(/^[A-Za-z0-9:-]{1,12}$/),
)

/** Writes an array as PostgreSQL does (array_out). */
function writeAsServer(items: readonly (string | null)[]): string {
  const quote = (one: string): string =>
    one === '' || /[{}",\\\s]/.test(one) || one.toLowerCase() === 'null' ? `"${one.replace(/["\\]/g, '\\$&')}"` : one
  return `{${items.map((one) => (one === null ? 'NULL' : quote(one))).join(',')}}`
}

describe('values of PostgreSQL', () => {
  it('reads an array of texts as the parser of `pg` does', () => {
    fc.assert(
      fc.property(fc.array(fc.option(item), { maxLength: 6 }), (items) => {
        const text = writeAsServer(items)
        expect(readTexts(text)).toEqual(items)
        expect(readTexts(text)).toEqual(readAsPg(text))
      }),
    )
  })

  it('writes a list so that the server reads the same items', () => {
    fc.assert(
      fc.property(fc.array(fc.option(item), { maxLength: 6 }), (items) => {
        expect(readAsPg(writeParameter(items) ?? '')).toEqual(items)
      }),
    )
  })

  it.each([
    [null, null],
    [undefined, null],
    ['a "text"', 'a "text"'],
    [7, '7'],
    [true, 'true'],
    [[1, 2], '{"1","2"}'],
    [[true, false], '{"true","false"}'],
    [[['a'], ['b']], '{{"a"},{"b"}}'],
    [[], '{}'],
  ])('writes %j as %j', (value, text) => {
    expect(writeParameter(value)).toBe(text)
  })

  it('writes no value whose text nobody has decided', () => {
    expect(() => writeParameter(new Date(0))).toThrow('expected a text, a number, a boolean or a list; came object')
    expect(() => writeParameter([{}])).toThrow(TypeError)
  })

  it('reads a time as a Date does', () => {
    const time = fc.tuple(
      fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
      fc.nat(999_999),
    )
    fc.assert(
      fc.property(time, fc.constantFrom('+00', '-06', '+05:30', ''), fc.boolean(), ([date, micros], zone, isWhole) => {
        const iso = date.toISOString()
        const fraction = isWhole ? '' : `.${String(micros).padStart(6, '0').replace(/0+$/, '') || '0'}`
        const text = `${iso.slice(0, 10)} ${iso.slice(11, 19)}${fraction}${zone}`
        const offset = zone === '' ? 'Z' : zone.length === 3 ? `${zone}:00` : zone
        expect(timestampText(text)).toBe(
          new Date(`${text.slice(0, 10)}T${text.slice(11, 19)}${fraction}${offset}`).toISOString(),
        )
      }),
    )
  })

  it.each([
    ['int8', 20, '9007199254740991', 9_007_199_254_740_991],
    ['a day', 1082, '2026-11-27', '2026-11-27'],
    ['a time', 1184, '2026-11-27 14:30:00.123456+00', '2026-11-27T14:30:00.123Z'],
    ['days', 1182, '{2026-11-27,2026-11-28}', ['2026-11-27', '2026-11-28']],
    ['a boolean', 16, 't', true],
    ['a number', 23, '-7', -7],
    ['a text', 25, '-7', '-7'],
    ['JSON', 3802, '{"a": [1]}', { a: [1] }],
  ])('reads %s', (_title, oid, text, value) => {
    expect(chooseReader(oid)(text)).toEqual(value)
  })
})
