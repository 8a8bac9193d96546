import { nameCountryIn } from './country-name.ts'
import { type ErrorDetail, wordDetail } from './error-details.ts'
import { ERRORS, type ErrorCode, type ErrorText } from './errors.ts'
import type { Language } from './language.ts'
import { readWords } from './read-words.ts'

/** What the message of an error is made of. */
export interface ErrorToWord {
  readonly code: ErrorCode
  /** The country that the error is about; null or absent if it is about none. */
  readonly country?: string | null
  /** What was expected and what came. */
  readonly detail?: ErrorDetail
  /** What to do, in place of the registry's remedy; `{country}` stands for the country's name. */
  readonly remedy?: string | undefined
}

/**
 * Words an error for a person: what happened, what was expected and what came, what to do next, and whom to ask.
 * The audit log, the operator's log and the metrics have the code, or the English sentence.
 */
export function wordError(
  { code, country = null, detail = null, remedy: otherRemedy }: ErrorToWord,
  language: Language,
): string {
  const { meaning, remedy } = textOf(code, language)
  const name = (text: string): string => nameCountryIn(text, country, language)
  return [name(meaning), wordDetail(detail, language), name(otherRemedy ?? remedy)]
    .filter((part) => part !== '')
    .join(' ')
}

/** Returns the registry's sentence for a code, about no certain country. */
export function meaningOf(code: ErrorCode, language: Language = 'en'): string {
  return nameCountryIn(textOf(code, language).meaning, null, language)
}

/** Returns what to do about a code, about no certain country. */
export function remedyOf(code: ErrorCode, language: Language = 'en'): string {
  return nameCountryIn(textOf(code, language).remedy, null, language)
}

function textOf(code: ErrorCode, language: Language): ErrorText {
  return language === 'es' ? spanishErrors()[code] : ERRORS[code]
}

/** Returns the Spanish texts of the registry. `{country}` becomes the country's name. */
export function spanishErrors(): Readonly<Record<ErrorCode, ErrorText>> {
  return readWords(new URL('errors.es.yaml', import.meta.url))
}
