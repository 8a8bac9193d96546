import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Language } from '../contract/language.ts'
import { spokenLanguage } from './lang-option.ts'

const require = createRequire(import.meta.url)

/** The Spanish of each text in a declared command; the English stands in the declaration. */
const SPANISH = new URL('help.es.yaml', import.meta.url)

let spanish: ReadonlyMap<string, string> | undefined

/**
 * Returns a text of a declared command in a language, by default that of the command that runs: a description, a meaning, a form, a note. A
 * text without a translation, such as a default that is a number, stays as it is.
 */
export function helpText(english: string, language: Language = spokenLanguage()): string {
  if (language === 'en') return english
  spanish ??= new Map(readHelpTexts().map(({ en, es }) => [en, es]))
  return spanish.get(english) ?? english
}

/** Reads all texts of help.es.yaml. */
export function readHelpTexts(): readonly { readonly en: string; readonly es: string }[] {
  const { parse } = require('yaml') as typeof import('yaml')
  return parse(readFileSync(SPANISH, 'utf8'))
}
