import { wordError } from '../../../contract/error-message.ts'
import { ERRORS, type ErrorCode } from '../../../contract/errors.ts'
import type { Language } from '../../../contract/language.ts'

/** Explains a code of the registry in words: what happened, and what helps. Empty for a code that this console does not know. */
export function wordCode(code: string, country: string, language: Language): string {
  return isKnown(code) ? wordError({ code, country }, language) : ''
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code)
}
