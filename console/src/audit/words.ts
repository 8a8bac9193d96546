import type { Language } from '../../../contract/language.ts'
import { words as EN } from './words.en.yaml'
import { words as ES } from './words.es.yaml'
import type { Words } from './words.generated.d.ts'

/** The words of the auditor's rooms. Both languages have all of them. */
export type AuditWords = Words

/** The words of each language. */
export const AUDIT_WORDS = { es: ES, en: EN } as Readonly<Record<Language, AuditWords>>
