import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { spokenLanguage } from './lang-option.ts'

/** The Spanish of each text in a declared command; the English stands in the declaration. */
const SPANISH = new URL('help.es.yaml', import.meta.url)

let spanish: ReadonlyMap<string, string> | undefined

/**
 * Returns a text of a declared command in the language of the command that runs: a description, a meaning, a form, a note. A text without
 * a translation, such as a default that is a number, stays as it is.
 */
export function helpText(english: string): string {
  if (spokenLanguage() === 'en') return english
  spanish ??= new Map(readHelpTexts().map(({ en, es }) => [en, es]))
  return spanish.get(english) ?? english
}

/** Reads all texts of help.es.yaml. */
export function readHelpTexts(): readonly { readonly en: string; readonly es: string }[] {
  const { parse } = createRequire(import.meta.url)('yaml') as typeof import('yaml')
  return parse(readFileSync(SPANISH, 'utf8'))
}
