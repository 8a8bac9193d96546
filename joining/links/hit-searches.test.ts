import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { divideIntoQuestions, makeSearches, type OwnPerson } from './suggest-links.ts'

const identifier = { category: 'NATIONAL_ID', jurisdiction: 'HN', value: '0801' }
const person = (over: Partial<OwnPerson> = {}): OwnPerson => ({
  id: 'HN:P-1',
  names: ['Ana Paz'],
  birthDate: '1980-02-03',
  identifiers: [identifier],
  ...over,
})

describe('the searches of a person', () => {
  it('are one for the name with the birth date, and one for each document', () => {
    expect(makeSearches(person())).toEqual([
      { person: 'HN:P-1', by: 'name and birth date', search: { name: 'Ana Paz', birthDate: '1980-02-03' } },
      { person: 'HN:P-1', by: 'NATIONAL_ID HN', search: { identifier } },
    ])
  })

  it.each([
    ['without a birth date', { birthDate: null }, ['NATIONAL_ID HN']],
    ['without a name', { names: [] }, ['NATIONAL_ID HN']],
    ['without an identifier', { identifiers: [] }, ['name and birth date']],
    ['without anything narrow', { identifiers: [], birthDate: null }, []],
  ])('%s are only the narrow ones', (_, over, by) => {
    expect(makeSearches(person(over)).map((search) => search.by)).toEqual(by)
  })

  it('are not for what another person may have too, and what an older country does not know', () => {
    const telephone = { category: 'TELEPHONE', jurisdiction: 'HN', value: 'no tiene' }
    const searches = makeSearches(person({ identifiers: [...Array.from({ length: 9 }, () => telephone), identifier] }))
    expect(searches.map(({ by }) => by)).toEqual(['name and birth date', 'NATIONAL_ID HN'])
  })

  it('are at most six', () => {
    expect(makeSearches(person({ identifiers: Array.from({ length: 20 }, () => identifier) }))).toHaveLength(6)
  })
})

it('divides persons into questions: nobody is lost, nobody is in two, and none is too long', () => {
  const persons = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 40 })
  fc.assert(
    fc.property(persons, fc.integer({ min: 6, max: 20 }), (counts, most) => {
      const all = counts.map((count, at) =>
        person({ id: `HN:P-${at}`, birthDate: null, identifiers: Array.from({ length: count }, () => identifier) }),
      )
      const questions = divideIntoQuestions(all, most)
      expect(questions.every(({ length }) => length > 0 && length <= most)).toBe(true)
      expect(questions.flat().map((search) => search.person)).toEqual(
        all.flatMap(({ id, identifiers }) => identifiers.map(() => id)),
      )
      const places = questions.map((each) => new Set(each.map((search) => search.person)))
      for (const { id } of all) expect(places.filter((each) => each.has(id)).length).toBeLessThanOrEqual(1)
    }),
  )
})
