import type { Language } from '../../../contract/language.ts'
import { AUDIT_EN } from './words-en.ts'
import { AUDIT_ES, type AuditWords } from './words-es.ts'

/** The words of each language. */
export const AUDIT_WORDS: Readonly<Record<Language, AuditWords>> = { es: AUDIT_ES, en: AUDIT_EN }
