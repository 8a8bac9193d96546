import { describe, expect, it } from 'vitest'
import { findOtherWord } from './other-words.ts'

describe('findOtherWord', () => {
  it.each([
    ['lavado', 'blanqueo'],
    ['Lavado de activos', 'blanqueo'],
    ['NARCOTRÁFICO', 'drogas'],
    ['homicidio', null],
    ['constructor', null],
    ['', null],
  ])('for «%s» gives %s', (words, other) => {
    expect(findOtherWord(words)).toBe(other)
  })
})
