import { describe, expect, it } from 'vitest'
import { PURPOSES } from '../../../contract/access-token.ts'
import { REPORT_TABLES } from '../../../contract/audit-log/public-report/tables.ts'
import { IDENTIFIER_CATEGORIES } from '../../../contract/identifiers.ts'
import { DIMENSIONS } from '../audit/counted.ts'
import { FILTER_FIELDS } from '../audit/entry-filter.ts'
import { PATTERN_NAMES } from '../audit/pattern-thresholds.ts'
import { KINDS_IN_ORDER } from '../national/suspend-command.ts'
import { SIGNS } from '../shell/summarize-countries.ts'
import { TOUR_STEPS } from '../tour/steps.ts'
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

/** Lists what an expression finds in the modules, each text once. */
const found = (expression: RegExp): readonly string[] => [
  ...new Set(Object.values(MODULES).flatMap((text) => [...text.matchAll(expression)].map(([, part = '']) => part))),
]
const isText = (key: string): boolean => texts.es.has(key) || texts.es.has(`${key}_other`)

describe('the words', () => {
  it('are the same in both languages, with the same placeholders', () => {
    expect([...texts.en.keys()].sort()).toEqual([...texts.es.keys()].sort())
    for (const [key, text] of texts.es) expect(placeholdersOf(texts.en.get(key)), key).toEqual(placeholdersOf(text))
  })

  it('have every key that the code names', () => {
    const asked = found(/\bt\(\s*'([\w.-]+)'/g)
    // Also a key that stands in a choice, a list or a value. A page keeps its state by names of the same form.
    const named = found(/(?<!useKeptState[^(]*\()'(\w+(?:\.\w+)+)'/g).filter(
      (key) => (key.split('.')[0] ?? '') in WORDS.es,
    )
    expect(asked.length).toBeGreaterThan(100)
    expect(named.length).toBeGreaterThan(asked.length)
    expect([...asked, ...named].filter((key) => !isText(key))).toEqual([])
  })

  it('have every section of which the code names a part', () => {
    const sections = found(/\bt\(\s*`([\w.-]+)\.\$\{/g)
    expect(sections.length).toBeGreaterThan(20)
    expect(sections.filter((section) => ![...texts.es.keys()].some((key) => key.startsWith(`${section}.`)))).toEqual([])
  })

  it.each([
    ['purpose', PURPOSES],
    ['category', IDENTIFIER_CATEGORIES],
    ['line.standing', Object.keys(SIGNS)],
    ['auditor.filter', FILTER_FIELDS],
    ['auditor.counts.dimensions', [...DIMENSIONS, ...REPORT_TABLES]],
    ['auditor.patterns.names', PATTERN_NAMES],
    ['auditor.patterns.meanings', PATTERN_NAMES],
    ['team.suspend.kinds', KINDS_IN_ORDER],
    ['tour.steps', TOUR_STEPS.flatMap(({ name }) => [`${name}.title`, `${name}.text`])],
  ])('have each text of %s', (section, parts) => {
    expect(parts.filter((part) => !isText(`${section}.${part}`))).toEqual([])
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
