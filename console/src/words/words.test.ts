import { describe, expect, it } from 'vitest'
import { WORDS } from './catalogue.ts'
import { chooseConsoleLanguage } from './language.ts'

/** The texts of the console’s modules. */
const MODULES = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.{ts,tsx}'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

type Tree = { readonly [key: string]: string | Tree }

/** Lists each text of a tree with its key. */
function listTexts(tree: Tree, before = ''): readonly (readonly [string, string])[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${before}${key}`, value] as const] : listTexts(value, `${before}${key}.`),
  )
}

const texts = { es: new Map(listTexts(WORDS.es)), en: new Map(listTexts(WORDS.en)) }
const placeholdersOf = (text: string | undefined): readonly string[] =>
  [...(text ?? '').matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name).sort()

describe('the words', () => {
  it('are the same in both languages, with the same placeholders', () => {
    expect([...texts.en.keys()].sort()).toEqual([...texts.es.keys()].sort())
    for (const [key, text] of texts.es) expect(placeholdersOf(texts.en.get(key)), key).toEqual(placeholdersOf(text))
  })

  it('have every key that the code names', () => {
    const keys = Object.values(MODULES).flatMap((text) =>
      [...text.matchAll(/\bt\(\s*'([\w.-]+)'/g)].map(([, key = '']) => key),
    )
    expect(keys.length).toBeGreaterThan(100)
    const isThere = (key: string): boolean => texts.es.has(key) || texts.es.has(`${key}_other`)
    expect([...new Set(keys)].filter((key) => !isThere(key))).toEqual([])
  })
})

describe('chooseConsoleLanguage', () => {
  it.each([
    [null, ['es-GT'], 'es'],
    [null, ['en-US', 'es'], 'en'],
    [null, ['de-DE'], 'es'],
    [null, ['de-DE', 'en'], 'en'],
    [null, [], 'es'],
    ['en', ['es'], 'en'],
    ['xx', ['en'], 'en'],
  ])('%s with %j is %s', (chosen, preferred, language) => {
    expect(chooseConsoleLanguage(chosen, preferred)).toBe(language)
  })
})
