import type { Language } from './language.ts'
import { readWords } from './read-words.ts'

/**
 * What an error says besides its code: what was expected, and what came. Each text has the same holes in each language (error-details/words.en.yaml
 * says what they may hold).
 */

const FILES: Readonly<Record<Language, URL>> = {
  en: new URL('error-details/words.en.yaml', import.meta.url),
  es: new URL('error-details/words.es.yaml', import.meta.url),
}

/** Returns the texts of a language, by key. The English ones are logged too. */
export function detailTexts(language: Language): Readonly<Record<string, string>> {
  return readWords(FILES[language])
}

/** A detail with its values. It is plain data, so that it can go from thread to thread. */
export interface Detail {
  readonly key: string
  readonly values: Readonly<Record<string, string | number>>
}

/** Makes a detail. A test compares what the code gives with the holes of the text (tests/architecture/words.test.ts). */
export function detail(key: string, values: Detail['values'] = {}): Detail {
  return { key, values }
}

/** What an error says besides its code: details, or an English text that we have in no other language; null if it says nothing more. */
export type ErrorDetail = string | readonly Detail[] | null

/**
 * Words what an error says besides its code, as sentences.
 * @returns an empty text if there is nothing. An English text that we do not have in Spanish is introduced as such.
 */
export function wordDetail(given: ErrorDetail, language: Language): string {
  if (given === null || given === '') return ''
  if (typeof given !== 'string') return given.map((each) => toSentence(fill(each, language))).join(' ')
  return language === 'es' ? `Detalle en inglés: ${toSentence(given)}` : toSentence(given)
}

/** Words in English what an error says besides its code, to stand within another sentence; an empty text if there is nothing. */
export function phraseDetail(given: ErrorDetail): string {
  if (given === null || typeof given === 'string') return given ?? ''
  return given.map((each) => fill(each, 'en')).join('; ')
}

function fill({ key, values }: Detail, language: Language): string {
  const text = detailTexts(language)[key] ?? key
  return text.replaceAll(/\{\{(\w+)\}\}/g, (mark, name: string) => String(values[name] ?? mark))
}

function toSentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(capital) ? capital : `${capital}.`
}
