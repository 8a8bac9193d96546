import { describe, expect, it } from 'vitest'
import { parseMapping } from './parse-mapping.ts'
import { personsMapping, readPersonColumn, readRow } from './testing.ts'

/** Values that no application means to write, and mappings that nobody means well with. */

const born = (value: string, format = '') =>
  readPersonColumn(`birthDate: { column: nac${format} }`, 'birth_date', { nac: value })

describe('a day', () => {
  it.each([
    ['1972-02-29', '1972-02-29'],
    ['2000-02-29', '2000-02-29'],
    ['0001-01-01', '0001-01-01'],
    ['9999-12-31', '9999-12-31'],
  ])('exists: %s', (text, day) => expect(born(text)).toBe(day))

  it.each([
    ...['1900-02-29', '1971-02-29', '0000-01-01', '2026-13-01', '2026-00-10', '2026-04-31', '10000-01-01'],
    ...[
      '0044-03-15 BC',
      '-0044-03-15',
      'infinity',
      '-infinity',
      'now',
      'epoch',
      '２０２６-０１-０１',
      '2026-01-01\u0000',
      '45292',
    ],
  ])('is refused: %s', (text) => expect(born(text)).toMatch(/^nac: expected /))

  it('is not the number of days of a spreadsheet, in any form', () => {
    expect(born('45292', ', format: DD/MM/YYYY')).toMatch(/expected a day that exists, as DD\/MM\/YYYY/)
  })
})

describe('a text', () => {
  const name = (value: string) => readRow(personsMapping('names: { full: nombre }'), { id: '1', nombre: value })
  it.each([
    ['a null character', 'Ana\u0000Paz', /it has a null character/],
    ['half of a character', 'Ana\ud800', /half of a character/],
    ['more than an index holds', 'x'.repeat(501), /at most 500 characters/],
  ])('with %s is refused', (_name, value, message) => expect(name(value)).toMatch(message))

  it('of any script, with what belongs to it, is taken as it is', () => {
    for (const value of ['Ñandú', "O'Brien; drop table x; --", '=cmd|x', '王小明', 'שרה', '\\N', 'a\tb']) {
      expect(name(value)).toMatchObject({ 'persons.names': { full_name: value } })
    }
  })
})

describe('an id', () => {
  const idOf = (value: string) => readRow(personsMapping('names: { full: nombre }'), { id: value, nombre: 'Ana' })
  it.each([...['a b', 'a\nb', 'a\u202eb', 'a*', 'x'.repeat(121), '..\\x', 'a?b', 'a%2fb']])('is refused: %j', (value) =>
    expect(idOf(value)).toMatch(/^id: expected what makes an id/),
  )
  it.each([
    ['HN:7', /begins with the code of HN/],
    ['', /id is required/],
  ])('is refused: %j, with its reason', (value, message) => expect(idOf(value)).toMatch(message))
  it.each([
    ['7:8', 'NI:7:8'],
    ['NI:7', 'NI:7'],
    ['NI:HN:7', 'NI:HN:7'],
    ['../../etc', 'NI:../../etc'],
    ['__proto__', 'NI:__proto__'],
  ])('is taken: %s', (value, id) => expect(idOf(value)).toMatchObject({ persons: { id } }))
})

it('reads no number of thousands of digits', () => {
  const mapping = personsMapping('names: { full: nombre, ordinal: { column: n, decimal: ",", thousands: "." } }')
  const read = (n: string) => readRow(mapping, { id: '1', nombre: 'Ana', n })
  expect(read('1.234')).toMatchObject({ 'persons.names': { ordinal: 1234 } })
  expect(read('9'.repeat(1_000_000))).toMatch(/^n: expected a number/)
  expect(read(`1,${'0'.repeat(1_000_000)}`)).toMatch(/^n: expected a number/)
})

describe('a mapping file', () => {
  const parse = (text: string) =>
    parseMapping(text, 'x.yaml', {
      language: 'en',
      readFile: () => {
        throw new Error('there is none')
      },
    })
  const bomb = [
    'a: &a [x, x]',
    ...'bcdefghijklmnopqrstuvwxyz'.split('').map((key, at) => {
      const before = 'abcdefghijklmnopqrstuvwxyz'[at]
      return `${key}: &${key} [${Array(10).fill(`*${before}`).join(', ')}]`
    }),
  ].join('\n')
  it.each([
    ['aliases of aliases', bomb],
    [
      'an alias of itself',
      'country: NI\nsource: { csv: { file: x } }\npersons: &p { id: *p, handling: *p, names: *p }\n',
    ],
    ['a list in lists without end', `country: ${'['.repeat(20_000)}`],
    [
      'merged keys',
      'country: NI\nsource: { csv: { file: x } }\nx: &x { id: a }\npersons: { <<: *x, handling: [H1] }\n',
    ],
    ['a type of another language', 'country: !!js/function "() => 1"\n'],
    [
      'names of objects',
      'country: NI\nsource: { csv: { file: x } }\n__proto__: { x: 1 }\nconstructor: 1\npersons: { id: a, handling: [H1], toString: b }\n',
    ],
    ['several documents', 'country: NI\n---\ncountry: HN\n'],
    ['control characters', 'country: "\u001b[2J"\n'],
  ])('with %s is refused with its line', (_name, text) => {
    const parsed = parse(text)
    if ('mapping' in parsed) throw new Error('expected problems; came a mapping')
    expect(parsed.problems.length).toBeGreaterThan(0)
    for (const { line, message } of parsed.problems) expect([line > 0, message.length < 4_000]).toEqual([true, true])
  })

  it('knows values that are named as properties of objects', () => {
    const sex = (value: string) =>
      readPersonColumn('sex: { column: s, values: { __proto__: F, constructor: M }, else: refuse }', 'sex', {
        s: value,
      })
    expect([sex('__proto__'), sex('constructor')]).toEqual(['F', 'M'])
    expect(sex('toString')).toMatch(/expected one of the mapping’s values: __proto__, constructor/)
  })
})
