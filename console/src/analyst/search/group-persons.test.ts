import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PersonRow } from '../../documents/types.ts'
import { groupPersons } from './group-persons.ts'

const row = (id: string, ...same: readonly string[]) =>
  ({ node: { id, sameAs: same.map((other) => ({ id: other })) } }) as unknown as PersonRow

describe('the records of a search', () => {
  it('stand with those of the same person, and say who says so', () => {
    const rows = [row('GT:1'), row('HN:2'), row('SV:3', 'GT:1'), row('CR:4', 'SV:3', 'PA:9')]
    expect(groupPersons(rows).map(({ row: { node }, isMember, sayers }) => [node.id, isMember, ...sayers])).toEqual([
      ['GT:1', false, 'SV'],
      ['SV:3', true, 'CR'],
      ['CR:4', true],
      ['HN:2', false],
    ])
  })

  it('are each there once, the best match of each person in the order of the list', () => {
    const ids = fc.uniqueArray(fc.stringMatching(/^(GT|HN|SV):\d$/), { maxLength: 20 })
    fc.assert(
      fc.property(ids, fc.infiniteStream(fc.nat()), (all, numbers) => {
        const pick = (): string => all[Number(numbers.next().value) % all.length] ?? ''
        const rows = all.map((id) => row(id, pick(), pick()))
        const grouped = groupPersons(rows)
        expect(grouped.map(({ row: { node } }) => node.id).sort()).toEqual([...all].sort())
        const heads = grouped.filter(({ isMember }) => !isMember).map(({ row: { node } }) => node.id)
        expect(heads).toEqual(all.filter((id) => heads.includes(id)))
      }),
    )
  })
})
