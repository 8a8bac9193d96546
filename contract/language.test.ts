import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseLanguage, LANGUAGES, type Language } from './language.ts'

describe('the language of an answer', () => {
  it.each<[string | undefined, Language, string]>([
    [undefined, 'en', 'a request says nothing'],
    ['', 'en', 'the header is empty'],
    ['es', 'es', 'it asks for Spanish'],
    ['es-GT', 'es', 'it asks for the Spanish of Guatemala'],
    ['es-419,es;q=0.9,en;q=0.8', 'es', 'a browser in Latin America writes it'],
    ['ES-hn', 'es', 'the letters are large'],
    ['en-GB', 'en', 'it asks for English of Great Britain'],
    ['de-DE, de;q=0.9', 'en', 'it asks for neither'],
    ['fr;q=1, es;q=0.5', 'es', 'Spanish is the second choice and the first is not spoken'],
    ['en;q=0.5, es;q=0.8', 'es', 'Spanish has the greater weight'],
    ['en, es', 'en', 'both have the same weight and English comes first'],
    ['es, en', 'es', 'both have the same weight and Spanish comes first'],
    ['*', 'en', 'it takes any language'],
    ['*, es', 'es', 'a named language stands beside any language'],
    ['es;q=0.5, *', 'en', 'any other language is better than Spanish'],
    ['en;q=0, *', 'es', 'any language but English is right'],
    ['es;q=0', 'en', 'it rejects Spanish'],
    ['en;q=0', 'en', 'it rejects English, and names nothing else'],
    ['es;q=2', 'en', 'the weight is more than 1'],
    ['es;q=0.1234', 'en', 'the weight has too many decimals'],
    ['es;q=', 'en', 'the weight is empty'],
    ['es;level=1', 'en', 'the parameter is not a weight'],
    [' es ; q=0.5 ', 'es', 'there are spaces'],
    [',,es,,', 'es', 'there are empty items'],
    ['español', 'en', 'it is not a language tag'],
    ['est', 'en', 'the subtag only begins like ours'],
    ['\u0000;q=1,{"es":1}', 'en', 'it is garbage'],
  ])('%j gives %s: %s', (header, language) => {
    expect(chooseLanguage(header)).toBe(language)
  })

  it('agrees with a plain reading of the rules, whatever the header says', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 6 }), (items) => {
        expect(chooseLanguage(items.map(({ text }) => text).join(','))).toBe(oracle(items))
      }),
    )
  })

  it('never throws, and reads the longest header that a server accepts at once', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => LANGUAGES.includes(chooseLanguage(text))))
    const startedAt = performance.now()
    chooseLanguage('es-'.repeat(5_000))
    chooseLanguage('a;q=0.1,'.repeat(2_000))
    // A pattern that went back and forth would take minutes; a busy machine may take a second for milliseconds.
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })
})

interface Item {
  readonly text: string
  readonly range: string
  readonly thousandths: number
}

const range = fc.constantFrom('*', 'en', 'es', 'fr', 'es-GT', 'EN-us', 'es-419', 'est', 'eng')
const item: fc.Arbitrary<Item> = fc
  .tuple(range, fc.constantFrom(null, 0, 1, 5, 500, 999, 1000))
  .map(([tag, weight]) => {
    const decimals = weight === 1000 ? '1.000' : `0.${String(weight).padStart(3, '0')}`
    return { text: weight === null ? tag : `${tag};q=${decimals}`, range: tag, thousandths: weight ?? 1000 }
  })

/** Walks down the weights: at each one, the first range that names a language of ours wins; after all of them, `*` gives what is left. */
function oracle(items: readonly Item[]): Language {
  const names = (each: Item, language: Language) => each.range.toLowerCase().replace(/-.*/, '') === language
  const star = items.find((each) => each.range === '*')?.thousandths ?? 0
  for (let thousandths = 1000; thousandths > 0; thousandths--) {
    for (const each of items) {
      const language = LANGUAGES.find((one) => names(each, one))
      if (each.thousandths === thousandths && language !== undefined) return language
    }
    if (star !== thousandths) continue
    const unnamed = LANGUAGES.find((one) => !items.some((each) => names(each, one)))
    if (unnamed !== undefined) return unnamed
  }
  return 'en'
}
