import type { Language } from '../../../contract/language.ts'
import type { Widened } from '../words/widened.ts'
import { AUDIT_EN } from './words-en.ts'
import { AUDIT_ES } from './words-es.ts'

/** The words of the auditor's rooms. Both languages have all of them. */
export type AuditWords = Widened<typeof AUDIT_ES>

/** The words of each language. */
export const AUDIT_WORDS: Readonly<Record<Language, AuditWords>> = { es: AUDIT_ES, en: AUDIT_EN }
