import i18next from 'i18next'
import { beforeAll, describe, expect, it } from 'vitest'
import { WORDS } from '../words/catalogue.ts'
import { wordField } from './word-field.ts'

/** The section of the words that names fields, by type and field. */
const FIELDS = Object.entries(Object(WORDS.es.fieldOf) as Record<string, object>).flatMap(([type, fields]) =>
  Object.keys(fields).map((field) => `${type}.${field}`),
)

/** The console's documents: what they ask for can be hidden. */
const DOCUMENTS = import.meta.glob<string>('../documents/*.graphql', { query: '?raw', import: 'default', eager: true })

beforeAll(async () => {
  await i18next.init({ lng: 'es', resources: { es: { translation: WORDS.es }, en: { translation: WORDS.en } } })
})

describe('wordField', () => {
  it('names a field as the page does', () => {
    expect(wordField(i18next.getFixedT('es'), 'Person.birthDate')).toBe('Nacimiento (Person.birthDate)')
    expect(wordField(i18next.getFixedT('es'), 'Statute.heading')).toBe('Statute.heading')
  })

  it.each(['es', 'en'] as const)('has words in %s for each field of its list', (language) => {
    const t = i18next.getFixedT(language)
    for (const field of FIELDS) expect(wordField(t, field), field).toMatch(/^[^$.]+ \(\w+\.\w+\)$/)
  })

  it('lists only fields that the console asks for', () => {
    const asked = new Set(Object.values(DOCUMENTS).flatMap((text) => text.match(/\w+/g) ?? []))
    const fields = FIELDS.map((coordinate) => coordinate.split('.')[1] ?? '')
    expect(fields.filter((field) => !asked.has(field))).toEqual([])
  })
})
