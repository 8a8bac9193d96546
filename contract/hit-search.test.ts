import { describe, expect, it } from 'vitest'
import { checkHitSearch, checkHitSearches, MAX_LIST_SEARCHES } from './hit-search.ts'
import { INPUT_RULES } from './input-rules.ts'
import { ONCE_PER_OPERATION } from './once-per-operation.ts'

const NARROW = { name: 'Ana Paz', birthDate: '1990-01-01' }
const DPI = { identifier: { category: 'NATIONAL_ID', jurisdiction: 'GT', value: '1' } }

describe('a list of hit searches', () => {
  it('is taken if each search has an identifier, or a name and a birth date', () => {
    expect(() => checkHitSearches([NARROW, DPI])).not.toThrow()
    expect(() => checkHitSearches([])).not.toThrow()
    expect(() => checkHitSearches(Array.from({ length: MAX_LIST_SEARCHES }, () => NARROW))).not.toThrow()
  })

  it.each([
    ['only a name', { name: 'Ana Paz' }],
    ['only a birth date', { birthDate: '1990-01-01' }],
    ['nothing', {}],
    ['null', null],
  ])('is refused with the item that has %s', (_title, search) => {
    const refusal = expect.objectContaining({
      code: 'SEARCH_TOO_WIDE',
      message: expect.stringContaining('came less in item 2'),
    })
    expect(() => checkHitSearches([NARROW, DPI, search])).toThrow(refusal)
    expect(() => INPUT_RULES['Query.personListHits']?.({ searches: [NARROW, DPI, search] })).toThrow(refusal)
    expect(() => checkHitSearch(search)).toThrow(expect.objectContaining({ code: 'SEARCH_TOO_WIDE' }))
  })

  it('is refused if it is too long', () => {
    const many = Array.from({ length: MAX_LIST_SEARCHES + 1 }, () => NARROW)
    expect(() => checkHitSearches(many)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
  })

  it('may stand once in an operation, like a single hit search', () => {
    expect([...ONCE_PER_OPERATION]).toEqual(['Query.personHits', 'Query.personListHits'])
  })
})
