import type { Language } from '../../../contract/language.ts'
import { words as EN } from './words.en.yaml'
import { words as ES } from './words.es.yaml'
import type { Words } from './words.generated.d.ts'

/** The words of the national team's rooms. Both languages have all of them. */
export type NationalWords = Words

/** The words of each language. */
export const NATIONAL_WORDS = { es: ES, en: EN } as Readonly<Record<Language, NationalWords>>
