import type { Language } from '../../../contract/language.ts'
import { AUDIT_EN } from './words-en.ts'
import { AUDIT_ES } from './words-es.ts'

/** The form of a table of words: texts, and functions that make texts. */
type Widened<Words> = Words extends string
  ? string
  : Words extends (...values: infer Values) => string
    ? (...values: Values) => string
    : { readonly [Name in keyof Words]: Widened<Words[Name]> }

/** The words of the auditor's rooms. Both languages have all of them. */
export type AuditWords = Widened<typeof AUDIT_ES>

/** The words of each language. */
export const AUDIT_WORDS: Readonly<Record<Language, AuditWords>> = { es: AUDIT_ES, en: AUDIT_EN }
