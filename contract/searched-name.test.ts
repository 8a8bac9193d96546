import { describe, expect, it } from 'vitest'
import { INPUT_RULES } from './input-rules.ts'
import { checkSearchedName } from './searched-name.ts'

describe('a searched name', () => {
  it.each([
    'Juan',
    'María de los Ángeles Gómez viuda de Paz y Paz',
    'Ing. Juan Carlos Pérez López de la Cruz Díaz',
    'José "Chepe el de la esquina de la tienda nueva" Luna',
    '李小龙',
    '7',
  ])('is taken: %s', (name) => {
    expect(() => checkSearchedName('name', name)).not.toThrow()
  })

  it.each(['', ' ', '*', '«»', '\u0301'])('needs a letter or a digit: «%s»', (name) => {
    expect(() => checkSearchedName('name', name)).toThrow(/takes words; came a text without a letter or digit/)
  })

  it('has six words at most, without particles and titles', () => {
    const refusal = /takes at most 6 words .*; came 7/
    expect(() => checkSearchedName('name', 'Ana Bea Cruz Díaz Elsa Flor Gil')).toThrow(refusal)
  })

  it('has 200 characters at most', () => {
    expect(() => checkSearchedName('name', `"${'a'.repeat(198)}"`)).not.toThrow()
    expect(() => checkSearchedName('name', `"${'a'.repeat(199)}"`)).toThrow(/takes at most 200 characters; came 201/)
  })

  it.each([
    ['Query.persons', { search: { name: '*' } }, 'Query.persons(search:).name'],
    ['Query.personHits', { search: { name: '*', birthDate: '1985-03-04' } }, 'Query.personHits(search:).name'],
    [
      'Query.personListHits',
      {
        searches: [
          { name: 'Ana', birthDate: '1985-03-04' },
          { name: '*', birthDate: '1985-03-04' },
        ],
      },
      'Query.personListHits(searches:)[1].name',
    ],
  ])('is checked before a country is asked: %s', (coordinate, values, place) => {
    expect(() => INPUT_RULES[coordinate]?.(values)).toThrow(place)
  })
})
