import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readList } from './read-list.ts'

describe('readList', () => {
  it('reads columns by their titles, in any order and with any separator', () => {
    for (const separator of [',', ';', '\t']) {
      const text = `\uFEFF${['Nacimiento', 'x', 'Nombre'].join(separator)}\r\n${['1974-07-10', '', 'Ana Paz'].join(separator)}\r\n\r\n`
      expect(readList(text)).toEqual({
        ...{ persons: [{ name: 'Ana Paz', birthDate: '1974-07-10' }], problems: [], hasTitles: true },
      })
    }
  })

  it('says of each line that cannot be asked why, by its line in the file', () => {
    const text = 'name,birthdate\n"Paz,\nAna",1974-07-10\n,1974-07-10\nLuis,\nEva,10/07/1974\nSol,2023-02-30\n'
    expect(readList(text)).toEqual({
      persons: [{ name: 'Paz,\nAna', birthDate: '1974-07-10' }],
      problems: [
        { line: 4, problem: 'NAME_MISSING' },
        { line: 5, problem: 'DATE_MISSING' },
        { line: 6, problem: 'DATE_WRONG' },
        { line: 7, problem: 'DATE_WRONG' },
      ],
      hasTitles: true,
    })
  })

  it('reads nothing without titles', () => {
    expect(readList('Ana Paz,1974-07-10\n')).toEqual({ persons: [], problems: [], hasTitles: false })
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
