import type { Language } from '../../../contract/language.ts'
import type { CheckWords } from './check-words.ts'
import { ENGLISH } from './en.ts'
import { SPANISH } from './es.ts'

/** The words of each language. */
export const CHECK_WORDS: Readonly<Record<Language, CheckWords>> = { en: ENGLISH, es: SPANISH }
