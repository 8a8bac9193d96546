import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PersonRow } from '../../documents/types.ts'
import { countPersons, groupPersons } from './group-persons.ts'

const row = (id: string, ...same: readonly string[]) =>
  ({ node: { id, names: [], birthDate: null, sameAs: same.map((other) => ({ id: other })) } }) as unknown as PersonRow

const born = (id: string, full: string, birthDate: string | null) =>
  ({ node: { id, names: [{ category: 'LEGAL', full }], birthDate, sameAs: [] } }) as unknown as PersonRow

const shown = (rows: readonly PersonRow[]) =>
  groupPersons(rows).map(({ kind, rows: members, sayers }) => [kind, ...members.map(({ node }) => node.id), ...sayers])

describe('the records of a search', () => {
  it('stand with those of the same person, and say who says so', () => {
    const rows = [row('GT:1'), row('HN:2'), row('SV:3', 'GT:1'), row('CR:4', 'SV:3', 'PA:9')]
    expect(shown(rows)).toEqual([
      ['same', 'GT:1', 'SV:3', 'CR:4', 'CR', 'SV'],
      ['alone', 'HN:2'],
    ])
    expect(countPersons(groupPersons(rows))).toEqual([2, 2])
  })

  it('may be one person if nobody says so, with the year and two words of the name in common', () => {
    const rows = [
      born('HN:5', 'Ana Paz', '1975-03-03'),
      born('GT:1', 'Eric Estuardo Ramírez Guzmán', '1975-03-03'),
      born('HN:2', 'Eric Ramirez', '1975-01-01'),
      born('SV:3', 'Eric Ramírez', null),
      born('GT:4', 'Eric Ramírez', '1976-01-01'),
    ]
    expect(shown(rows)).toEqual([
      ['maybe', 'GT:1', 'HN:2'],
      ['alone', 'HN:5', 'SV:3', 'GT:4'],
    ])
    expect(countPersons(groupPersons(rows))).toEqual([4, 5])
  })

  it('are each there once, those of one person together', () => {
    const ids = fc.uniqueArray(fc.stringMatching(/^(GT|HN|SV):\d$/), { maxLength: 20 })
    fc.assert(
      fc.property(ids, fc.infiniteStream(fc.nat()), (all, numbers) => {
        const pick = (): string => all[Number(numbers.next().value) % all.length] ?? ''
        const rows = all.map((id) => row(id, pick(), pick()))
        const groups = groupPersons(rows)
        expect(groups.flatMap((group) => group.rows.map(({ node }) => node.id)).sort()).toEqual([...all].sort())
        const heads = groups.filter(({ kind }) => kind === 'same').map((group) => group.rows[0]?.node.id ?? '')
        expect(heads).toEqual(all.filter((id) => heads.includes(id)))
        expect(groups.filter(({ kind }) => kind === 'alone').length).toBeLessThanOrEqual(1)
      }),
    )
  })
})
