import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import writeXlsxFile from 'write-excel-file/node'
import { decodeList, readList, readListFile, readPasted } from './read-list.ts'

describe('readList', () => {
  it('reads columns by their titles, in any order and with any separator', () => {
    for (const separator of [',', ';', '\t']) {
      const text = `\uFEFF${['Nacimiento', 'x', 'Nombre'].join(separator)}\r\n${['1974-07-10', '', 'Ana Paz'].join(separator)}\r\n\r\n`
      expect(readList(text)).toEqual({
        ...{
          persons: [{ line: 2, name: 'Ana Paz', birthDate: '1974-07-10' }],
          problems: [],
          hasTitles: true,
          slashed: 0,
        },
      })
    }
  })

  it('says of each line that cannot be asked why, by its line in the file', () => {
    const text = 'name,birthdate\n"Paz,\nAna",1974-07-10\n,1974-07-10\nLuis,\nEva,10 julio 1974\nSol,2023-02-30\n'
    expect(readList(text)).toEqual({
      persons: [{ line: 2, name: 'Paz,\nAna', birthDate: '1974-07-10' }],
      problems: [
        { line: 4, name: '', problem: 'NAME_MISSING' },
        { line: 5, name: 'Luis', problem: 'DATE_MISSING' },
        { line: 6, name: 'Eva', problem: 'DATE_WRONG' },
        { line: 7, name: 'Sol', problem: 'DATE_WRONG' },
      ],
      hasTitles: true,
      slashed: 0,
    })
  })

  it.each([
    [
      'day first, as spreadsheets in Spanish write it',
      ['10/07/1974', '3/2/1980', '31.12.1999'],
      ['1974-07-10', '1980-02-03', '1999-12-31'],
    ],
    ['only what is a day', ['10/07/1974', '31/02/1980'], ['1974-07-10']],
    ['none if one date has its month first: the others would be guessed', ['10/07/1974', '07/25/1980'], []],
    ['no year of two digits', ['10/07/74'], []],
  ])('reads dates with slashes: %s', (_, written, read) => {
    const { persons, slashed } = readList(`nombre;nacimiento\n${written.map((date) => `Ana Paz;${date}`).join('\n')}`)
    expect(persons.map(({ birthDate }) => birthDate)).toEqual(read)
    expect(slashed).toBe(read.length)
  })

  it('reads nothing without titles', () => {
    expect(readList('Ana Paz,1974-07-10\n')).toEqual({ persons: [], problems: [], hasTitles: false, slashed: 0 })
  })

  it('reads given names and surnames, and a column of names by itself', () => {
    const [two] = readList('Nombres;Apellidos;Nacimiento\nAna María;Paz Sol;1974-07-10\n').persons
    expect(two).toEqual({ line: 2, name: 'Ana María Paz Sol', birthDate: '1974-07-10' })
    expect(readList('Nombre\nAna Paz\n')).toEqual({
      ...{ persons: [], hasTitles: true, slashed: 0 },
      problems: [{ line: 2, name: 'Ana Paz', problem: 'DATE_MISSING' }],
    })
  })

  it('reads nothing where a quotation mark has no end', () => {
    expect(readList('nombre;nacimiento\n"Ana Paz;1974-07-10\n').hasTitles).toBe(false)
  })

  it('reads the first sheet of a workbook, with dates as dates or as texts', async () => {
    const cell = (value: string) => ({ value, type: String })
    const day = { value: new Date('1980-01-02T00:00:00Z'), type: Date, format: 'dd/mm/yyyy' }
    const rows = [
      [cell('Nombre'), cell('Nacimiento')],
      [cell('Iñaki Núñez'), day],
      [cell('Ana Paz'), cell('10/07/1974')],
    ]
    const file = new File([new Uint8Array(await writeXlsxFile(rows, {}).toBuffer())], 'Lista.XLSX')
    expect((await readListFile(file)).persons).toEqual([
      { line: 2, name: 'Iñaki Núñez', birthDate: '1980-01-02' },
      { line: 3, name: 'Ana Paz', birthDate: '1974-07-10' },
    ])
    expect(await readListFile(new File(['no zip'], 'a.xlsx'))).toMatchObject({ hasTitles: false })
  })

  it('reads back each name that was written with quotation marks', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() !== '')
    fc.assert(
      fc.property(fc.array(name, { maxLength: 6 }), (names) => {
        const lines = names.map((each) => `"${each.replaceAll('"', '""')}",2000-01-31`)
        const { persons, problems } = readList(`name,birthdate\n${lines.join('\n')}`)
        expect(problems).toEqual([])
        expect(persons.map((person) => person.name)).toEqual(names.map((each) => each.trim()))
      }),
    )
  })
})

describe('decodeList', () => {
  const TEXT = 'Nombre;Nacimiento\r\nErick Ramírez Guzmán;1974-07-10\r\nIñaki Núñez;1980-01-02\r\n'
  const marked = (encoding: 'utf16le' | 'utf8'): Buffer => Buffer.from(`\uFEFF${TEXT}`, encoding)
  it.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with its mark', marked('utf8')],
    ['Windows-1252, as Excel in Spanish writes CSV', Buffer.from(TEXT, 'latin1')],
    ['UTF-16, as Excel writes «Unicode text»', marked('utf16le')],
    ['UTF-16 of the other order', marked('utf16le').swap16()],
  ])('reads names with their accents out of %s', (_, bytes) => {
    const { persons } = readList(decodeList(bytes))
    expect(persons.map(({ name }) => name)).toEqual(['Erick Ramírez Guzmán', 'Iñaki Núñez'])
  })
})

describe('readPasted', () => {
  it('takes a name on each line, with or without a date behind it, and a table with titles', () => {
    const { persons, problems } = readPasted(
      'Ana Paz; 10/07/1974\nLuis Sol\t1980-01-02\nPaz, Eva\n\nRaúl Mar 03/02/1990\n',
    )
    expect(persons).toEqual([
      { line: 1, name: 'Ana Paz', birthDate: '1974-07-10' },
      { line: 2, name: 'Luis Sol', birthDate: '1980-01-02' },
      { line: 5, name: 'Raúl Mar', birthDate: '1990-02-03' },
    ])
    expect(problems).toEqual([{ line: 3, name: 'Paz, Eva', problem: 'DATE_MISSING' }])
    expect(readPasted('nombre;nacimiento\nAna Paz;1974-07-10').persons).toMatchObject([{ line: 2, name: 'Ana Paz' }])
  })
})
