import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRight, personsMapping, readPersonColumn, readRow, STARTED_AT } from './testing.ts'

const WORDS = 'sex: { column: s, values: { H: M, "M": F, "1": X } }'

describe('values', () => {
  it.each([
    [WORDS, { s: 'H' }, 'M'],
    [WORDS, { s: ' H ' }, 'M'],
    [WORDS, { s: '1' }, 'X'],
    [WORDS, { s: '' }, null],
    [WORDS, { s: null }, null],
    [WORDS, { s: '   ' }, null],
    [WORDS, { s: 'F' }, /^s: expected one of the mapping’s values: H, M, 1\. Add it there/],
    // A word of the contract is not taken unless the mapping says so.
    [WORDS, { s: 'X' }, /^s: expected one of/],
    [
      WORDS,
      { s: 'h' },
      /^s: the mapping’s values have «H», which differs only in accents or in large and small letters/,
    ],
    ['sex: { column: s, values: { H: M }, else: U }', { s: 'Q' }, 'U'],
    ['sex: { column: s, values: { H: M }, else: U }', { s: '' }, null],
    ['sex: { column: s, values: { H: M }, else: null }', { s: 'Q' }, null],
    ['sex: { column: s, values: { H: M }, else: keep }', { s: 'F' }, 'F'],
    ['sex: { column: s, values: { H: M }, else: keep }', { s: 'Q' }, /^s: expected one of F, M, X, U/],
    ['sex: { column: s, values: { H: M }, default: U }', { s: '' }, 'U'],
    ['sex: { column: s, values: { H: M }, default: U }', { s: 'Q' }, 'U'],
    // A default may be the looser value: what is nearly a listed word is refused.
    ['sex: { column: s, values: { H: M }, default: U }', { s: 'h' }, /differs only in accents/],
    ['sex: { column: s, values: { H: M }, default: U, else: refuse }', { s: 'Q' }, /^s: expected one of/],
    ['sex: { column: s, values: { Varón: M }, fold: true }', { s: 'VARON' }, 'M'],
    ['sex: { column: s, values: { Varón: M } }', { s: 'Varo\u0301n' }, 'M'],
    ['sex: { column: s, values: { "": U, H: M } }', { s: '' }, null],
    ['sex: s', { s: 'F' }, 'F'],
    ['sex: s', { s: 'f' }, /^s: expected one of F, M, X, U\. Write values:/],
    ['sex: { value: U }', { s: 'F' }, 'U'],
    ['sex: s', {}, null],
  ])('%s of %o is %s', (rule, row, expected) => {
    const came = readPersonColumn(rule, 'sex', row)
    if (expected instanceof RegExp) expect(came).toMatch(expected)
    else expect(came).toBe(expected)
  })
})

describe('days', () => {
  const ZONE = 'zone: America/Managua\n'
  it.each([
    ['birthDate: d', '2024-02-29', '2024-02-29'],
    ['birthDate: d', '2023-02-29', /^d: expected a day that exists, as YYYY-MM-DD$/],
    ['birthDate: d', '2024-02-29 10:00:00', '2024-02-29'],
    ['birthDate: d', '2024-02-29T10:00', '2024-02-29'],
    ['birthDate: d', '2024-03-01 02:00:00+00', '2024-02-29'],
    ['birthDate: d', '2024-03-01 02:00:00.5+00', '2024-02-29'],
    ['birthDate: d', '2024-02-29 23:00:00-06', '2024-02-29'],
    ['birthDate: d', '29/02/2024', /expected a day that exists, as YYYY-MM-DD/],
    ['birthDate: { column: d, format: DD/MM/YYYY }', '29/02/2024', '2024-02-29'],
    ['birthDate: { column: d, format: DD/MM/YYYY }', '02/29/2024', /expected a day that exists, as DD\/MM\/YYYY/],
    ['birthDate: { column: d, format: DD/MM/YYYY, else: null }', '31/02/2024', null],
    ['birthDate: { column: d, format: DD/MM/YYYY, values: { 00/00/0000: null } }', '00/00/0000', null],
    ['birthDate: { column: d, format: DD/MM/YYYY, values: { 00/00/0000: null } }', '01/02/2024', '2024-02-01'],
    [
      'birthDate: { column: d, format: DD/MM/YYYY, values: { 00/00/0000: null } }',
      '00/01/2024',
      /expected a day that exists/,
    ],
    ['birthDate: { column: d, format: MMMM YYYY, day: first }', 'Febrero 2024', '2024-02-01'],
    ['birthDate: { column: d, format: MMMM YYYY, day: last }', 'Febrero 2024', '2024-02-29'],
    ['birthDate: { column: d, format: MMMM YYYY, day: last }', 'february 2023', '2023-02-28'],
    ['birthDate: { column: d, format: DD/MM/YY, yearsFrom: 1930 }', '01/02/30', '1930-02-01'],
    [
      'birthDate: { column: d, pattern: "^(?<day>\\\\d+/\\\\d+/\\\\d+) ?h$", format: D/M/YYYY }',
      '1/2/2024 h',
      '2024-02-01',
    ],
    ['birthDate: { template: "{d}", format: D/M/YYYY }', '1/2/2024', '2024-02-01'],
  ])('%s of «%s» is %s', (rule, d, expected) => {
    const came = readPersonColumn(rule, 'birth_date', { d }, ZONE)
    if (expected instanceof RegExp) expect(came).toMatch(expected)
    else expect(came).toBe(expected)
  })

  it('of a moment with an offset need a time zone', () => {
    const mapping = parseRight(
      'country: MX\nsource: { csv: { file: x } }\npersons: { id: id, handling: [H1], sharedWith: ["*"], birthDate: d }\n',
    )
    expect(readRow(mapping, { id: '1', d: '2024-03-01 02:00:00+00' })).toMatch(/^d: expected to know the time zone/)
    expect(readRow(mapping, { id: '1', d: '2024-03-01 02:00:00' })).toMatchObject({
      persons: { birth_date: '2024-03-01' },
    })
  })
})

describe('moments', () => {
  it.each([
    ['recordedAt: d', '2024-02-29 10:00:00', '2024-02-29T16:00:00Z'],
    ['recordedAt: d', '2024-02-29 10:00:00.123456', '2024-02-29T16:00:00.123456Z'],
    ['recordedAt: d', '2024-02-29 10:00:00+00', '2024-02-29T10:00:00Z'],
    ['recordedAt: d', '2024-02-29T10:00:00.5Z', '2024-02-29T10:00:00.5Z'],
    ['recordedAt: d', '2024-02-29', '2024-02-29T06:00:00Z'],
    ['recordedAt: d', '2024-02-29 24:00:00', /^d: expected a moment that exists/],
    ['recordedAt: { column: d, format: DD/MM/YYYY HH:mm }', '29/02/2024 10:30', '2024-02-29T16:30:00Z'],
    ['recordedAt: { value: now }', '', STARTED_AT],
    ['recordedAt: { column: d, default: now }', '', STARTED_AT],
    ['recordedAt: d', '', /^d: recordedAt is required, and the source has nothing/],
    ['since: d', '', STARTED_AT],
    ['since: d', '2024-02-29 10:00:00', '2024-02-29T16:00:00Z'],
    ['sex: { value: U }', '', STARTED_AT],
  ])('%s of «%s» is %s', (rule, d, expected) => {
    const came = readPersonColumn(rule, 'recorded_at', { d })
    if (expected instanceof RegExp) expect(came).toMatch(expected)
    else expect(came).toBe(expected)
  })
})

describe('lists', () => {
  it.each([
    ['nationalities: n', 'nationalities', { n: 'NI' }, ['NI']],
    ['nationalities: { column: n, split: ";" }', 'nationalities', { n: 'NI; HN;;NI' }, ['NI', 'HN']],
    ['nationalities: { column: n, split: ";" }', 'nationalities', { n: ' ; ' }, null],
    [
      'nationalities: { column: n, split: ";", countries: [es, en] }',
      'nationalities',
      { n: 'Panamá;panama;Spain' },
      ['PA', 'ES'],
    ],
    [
      'nationalities: { column: n, countries: es }',
      'nationalities',
      { n: 'Panama' },
      /expected the name of a country \(es\)/,
    ],
    ['nationalities: { column: n, countries: alpha-3 }', 'nationalities', { n: 'NIC' }, ['NI']],
    ['nationalities: { column: n, countries: es, values: { NICA: NI } }', 'nationalities', { n: 'NICA' }, ['NI']],
    ['nationalities: { columns: [n, m] }', 'nationalities', { n: 'NI', m: 'HN' }, ['NI', 'HN']],
    ['nationalities: { columns: [n, m] }', 'nationalities', { n: '', m: 'HN' }, ['HN']],
    ['nationalities: n', 'nationalities', { n: 'ni' }, /expected a code of ISO 3166-1/],
    ['nationalities: n', 'nationalities', { n: 'XK' }, /expected a code of ISO 3166-1/],
    [
      'sharedWith: { column: n, values: { S: ["jtf-1", "jtf-2"] }, default: ["*"] }',
      'shared_with',
      { n: 'S' },
      ['jtf-1', 'jtf-2'],
    ],
    ['sharedWith: { column: n, values: { S: ["jtf-1"] }, default: ["*"] }', 'shared_with', { n: '' }, ['*']],
    ['nationalities: []', 'nationalities', {}, []],
  ])('%s: %s of %o is %s', (rule, column, row, expected) => {
    const text = rule.startsWith('sharedWith') ? rule : `${rule}`
    const read = readRow(
      parseRight(
        `country: NI\nsource: { csv: { file: x } }\npersons:\n  id: id\n  handling: [H1]\n  ${text}\n${rule.startsWith('sharedWith') ? '' : '  sharedWith: ["*"]\n'}`,
      ),
      { id: '1', ...row },
    )
    if (expected instanceof RegExp) expect(read).toMatch(expected)
    else expect(typeof read === 'string' ? read : read.persons?.[column]).toEqual(expected)
  })
})

describe('whole numbers', () => {
  const read = (keys: string, text: string) => {
    const mapping = parseRight(
      `country: NI\nsource: { csv: { file: x } }\nstatutes: { id: id, maxPenaltyMonths: { column: n${keys} } }\n`,
    )
    const row = readRow(mapping, { id: '1', n: text })
    return typeof row === 'string' ? row : row.statutes?.max_penalty_months
  }

  it.each([
    ['', '12', 12],
    ['', '012', 12],
    ['', '12,5', /^n: expected a whole number from 0 to 2147483647$/],
    ['', '-1', /expected a whole number/],
    ['', '2147483647', 2_147_483_647],
    ['', '2147483648', /expected a whole number/],
    ['', '12.0', 12],
    [', decimal: ","', '12,00', 12],
    [', decimal: ","', '12.00', /expected a number in the form/],
    [', decimal: ",", times: 12', '2,5', 30],
    [', decimal: ",", times: 12', '0,1', /expected a whole number/],
    [', times: 30', '0.1', 3],
    [', decimal: ",", thousands: "."', '1.234.567', 1_234_567],
    [', decimal: ",", thousands: "."', '1.23', /expected a number in the form/],
    [', decimal: ",", thousands: "."', '1234', 1234],
    [', thousands: " "', '1 234', 1234],
  ])('%s of «%s» is %s', (keys, text, expected) => {
    if (expected instanceof RegExp) expect(read(keys, text)).toMatch(expected)
    else expect(read(keys, text)).toBe(expected)
  })

  it('with decimal commas are as plain arithmetic has them', () => {
    const mapping = parseRight(
      'country: NI\nsource: { csv: { file: x } }\nstatutes: { id: id, maxPenaltyMonths: { column: n, decimal: ",", times: 12 } }\n',
    )
    fc.assert(
      fc.property(fc.nat(99_999), fc.nat(99), (whole, hundredths) => {
        const row = readRow(mapping, { id: '1', n: `${whole},${String(hundredths).padStart(2, '0')}` })
        const months = (whole * 100 + hundredths) * 12
        if (months % 100 === 0) expect(row).toMatchObject({ statutes: { max_penalty_months: months / 100 } })
        else expect(row).toMatch(/expected a whole number/)
      }),
    )
  })
})

describe('texts', () => {
  it('are trimmed and in NFC, and nothing else of them changes', () => {
    const mapping = personsMapping('birthPlace: b')
    const space = fc.constantFrom('', ' ', '\t', '\u00a0', '  ', '\n')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), space, space, (text, before, after) => {
        fc.pre(!text.includes('\0') && text.isWellFormed())
        const read = readRow(mapping, { id: '1', b: before + text.normalize('NFD') + after })
        const expected = text.normalize('NFC').trim()
        expect(read).toMatchObject({ persons: { birth_place: expected === '' ? null : expected } })
      }),
    )
  })

  it.each([
    ['a\0b', /^b: expected text that can be stored/],
    ['a\ud800b', /^b: expected text that can be stored/],
  ])('that cannot be stored are refused', (b, reason) => {
    expect(readPersonColumn('birthPlace: b', 'birth_place', { b })).toMatch(reason)
  })

  it.each([
    ['birthPlace: { columns: [a, b] }', { a: 'León', b: 'Nicaragua' }, 'León Nicaragua'],
    ['birthPlace: { columns: [a, b], join: ", " }', { a: 'León', b: 'Nicaragua' }, 'León, Nicaragua'],
    ['birthPlace: { columns: [a, b], join: ", " }', { a: '', b: 'Nicaragua' }, 'Nicaragua'],
    ['birthPlace: { template: "{a} ({b})" }', { a: 'León', b: 'NI' }, 'León (NI)'],
    // Half of a template is nothing.
    ['birthPlace: { template: "{a} ({b})" }', { a: 'León', b: '' }, null],
    ['birthPlace: { template: "{{{a}}}" }', { a: 'León' }, '{León}'],
    ['birthPlace: { column: a, pattern: "^(?<town>[^,]+)," }', { a: 'León, NI' }, 'León'],
    [
      'birthPlace: { column: a, pattern: "^(?<town>[^,]+)," }',
      { a: 'León' },
      'a: expected a text that matches ^(?<town>[^,]+),',
    ],
    ['birthPlace: { column: a, pattern: "^(?<town>[^,]+),", else: null }', { a: 'León' }, null],
    ['birthPlace: { column: a, pattern: "^(?<town>[^,]*),(?<land>.*)$", take: land }', { a: 'León, NI' }, 'NI'],
    ['birthPlace: { column: a, replace: { "_": " ", "MGA": "Managua" } }', { a: 'MGA_centro' }, 'Managua centro'],
    ['birthPlace: { column: a, values: { 1: Managua } }', { a: '1' }, 'Managua'],
    [
      'birthPlace: { column: a, values: { 1: Managua } }',
      { a: '2' },
      'a: expected one of the mapping’s values: 1. Add it there, or say what else it gives',
    ],
    ['birthPlace: { column: a, values: { 1: Managua }, else: keep }', { a: 'León' }, 'León'],
  ])('%s of %o is %s', (rule, row, expected) => {
    expect(readPersonColumn(rule, 'birth_place', row)).toBe(expected)
  })
})

describe('ids', () => {
  it.each([
    ['12-3', 'NI:12-3'],
    ['NI:12-3', 'NI:12-3'],
    ['ñandú/1', 'NI:ñandú/1'],
    ['CP:407', 'NI:CP:407'],
    ['HN:12', /^id: expected an id of NI; it begins with the code of HN\..*template: "NI:\{column\}"$/],
    ['12 3', /^id: expected what makes an id: .*Use replace:/],
    ['', /^id: id is required, and the source has nothing/],
  ])('%s is %s', (id, expected) => {
    const came = readPersonColumn('sex: { value: U }', 'id', { id })
    if (expected instanceof RegExp) expect(came).toMatch(expected)
    else expect(came).toBe(expected)
  })

  it('of a template may begin with what is a country elsewhere', () => {
    const mapping = parseRight(
      'country: NI\nsource: { csv: { file: x } }\nstatutes: { id: { template: "NI:CC:{n}" } }\n',
    )
    expect(readRow(mapping, { n: '7' })).toEqual({ statutes: { id: 'NI:CC:7' } })
  })

  it.each([
    ['P-1', 'NI:P-1'],
    ['HN:P-1', 'HN:P-1'],
    ['', null],
  ])('of another record, %s, are %s', (subject, expected) => {
    const mapping = parseRight(
      'country: NI\nsource: { csv: { file: x } }\nprovenance: { handling: [H1], sharedWith: ["*"] }\nwarrants: { id: id, category: { value: ARREST }, status: { value: ACTIVE }, issuedOn: d, subject: p }\n',
    )
    expect(readRow(mapping, { id: '1', d: '2024-01-01', p: subject })).toMatchObject({
      warrants: { subject_id: expected },
    })
  })

  it.each([
    ['HN:P-1', 'HN:P-1'],
    ['P-1', /expected an id of another country, with its code/],
    ['NI:P-1', /expected an id of another country/],
  ])('of the same person in another country, %s, are %s', (other, expected) => {
    const read = readRow(personsMapping('sameAs: { other: o }'), { id: '1', o: other })
    if (expected instanceof RegExp) expect(read).toMatch(expected)
    else expect(read).toMatchObject({ 'persons.sameAs': { person_id: 'NI:1', other_id: expected } })
  })
})

describe('codes of the ICCS', () => {
  const read = (rule: string, row: Readonly<Record<string, string>>) => {
    const mapping = parseRight(
      `country: NI\nsource: { csv: { file: x } }\ncases: { id: id, handling: [H1], sharedWith: ["*"], offences: { label: l, iccs: ${rule} } }\n`,
      () => 'label;iccs;titulo\r\nRobo;0401;x\nHurto;0502;y\nEstafa;;z\n',
    )
    const found = readRow(mapping, { id: '1', ...row })
    return typeof found === 'string' ? found : found['cases.offences']?.iccs
  }
  it.each([
    ['c', { l: 'Robo', c: '0401' }, '0401'],
    ['c', { l: 'Robo', c: '401' }, /lost its leading zero/],
    ['c', { l: 'Robo', c: 'x' }, /2, 4, 5 or 6 digits/],
    ['{ value: 0401 }', { l: 'Robo' }, '0401'],
    ['{ crosswalk: delitos.csv }', { l: 'Robo' }, '0401'],
    ['{ crosswalk: delitos.csv }', { l: 'robo' }, /the mapping’s values have «Robo»/],
    ['{ crosswalk: delitos.csv, fold: true }', { l: 'HURTO' }, '0502'],
    ['{ crosswalk: delitos.csv }', { l: 'Estafa' }, /^l: expected one of the mapping’s values: Robo, Hurto/],
    ['{ crosswalk: delitos.csv, else: "09" }', { l: 'Estafa' }, '09'],
    ['{ column: c, crosswalk: delitos.csv }', { l: 'x', c: 'Hurto' }, '0502'],
  ])('%s of %o is %s', (rule, row, expected) => {
    if (expected instanceof RegExp) expect(read(rule, row)).toMatch(expected)
    else expect(read(rule, row)).toBe(expected)
  })
})
