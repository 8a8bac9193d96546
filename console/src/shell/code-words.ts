import { wordError } from '../../../contract/error-message.ts'
import { ERRORS, type ErrorCode } from '../../../contract/errors.ts'
import type { Language } from '../../../contract/language.ts'
import type { WordTree } from '../words/catalogue.ts'
import { words as EN } from './remedies.en.yaml'
import { words as ES } from './remedies.es.yaml'

/**
 * What helps, for codes whose remedy in the registry tells a program where to look in an answer, or what to write into a header. An officer sees a page: what
 * a country hides stands below these words, and then the ids of the requests.
 */
const REMEDIES: Readonly<Record<Language, WordTree>> = { es: ES, en: EN }

/** Explains a code of the registry in words: what happened, and what helps. Empty for a code that this console does not know. */
export function wordCode(code: string, country: string, language: Language): string {
  return isKnown(code) ? wordError({ code, country, remedy: REMEDIES[language][code]?.toString() }, language) : ''
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code)
}
