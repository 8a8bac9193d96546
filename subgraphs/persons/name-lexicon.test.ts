import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../kit/testing.ts'
import { isListed, kindOf, otherWords } from './alike-words.ts'
import { personsModule } from './module.ts'
import { ABBREVIATIONS, GIVEN_NAMES, SHORT_FORMS, SURNAMES } from './name-lexicon.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase([personsModule], 'GT')
})
afterAll(() => database?.close())

describe('the lists of names', () => {
  it('are those of the database', async () => {
    const [row] = await database.db.query<{ kinds: Record<string, string> }>('select persons.name_kinds() as kinds')
    const given = new Set(GIVEN_NAMES)
    const surnames = new Set(SURNAMES)
    const kinds = [...new Set([...given, ...surnames])].map((word): [string, string] => [
      word,
      given.has(word) && surnames.has(word) ? 'b' : given.has(word) ? 'g' : 's',
    ])
    expect(row?.kinds).toEqual(Object.fromEntries(kinds))
  })

  it('are folded', () => {
    const all = [
      ...GIVEN_NAMES,
      ...SURNAMES,
      ...Object.entries(SHORT_FORMS).flat(2),
      ...Object.entries(ABBREVIATIONS).flat(),
    ]
    expect(all.filter((word) => !/^[a-z]+$/.test(word))).toEqual([])
  })

  it('have abbreviations and short forms only of listed names', () => {
    const full = [...Object.values(ABBREVIATIONS), ...Object.keys(SHORT_FORMS)]
    expect(full.filter((word) => !isListed(word))).toEqual([])
  })

  it.each([
    ['chepe', 'jose'],
    ['paco', 'francisco'],
    ['lupe', 'guadalupe'],
    ['meme', 'manuel'],
    ['chabela', 'isabel'],
    ['beto', 'roberto'],
    ['miguelito', 'miguel'],
  ])('know that %s stands for %s, and the other way round', (form, name) => {
    expect(otherWords(form)).toContainEqual({ word: name, grade: 'SHORT_FORM' })
    expect(otherWords(name)).toContainEqual({ word: form, grade: 'SHORT_FORM' })
  })

  it.each(['constructor', 'toString', '__proto__'])('take %s for a word', (word) => {
    expect(kindOf(word)).toBeNull()
    expect(otherWords(word).every((other) => typeof other.word === 'string')).toBe(true)
  })
})
