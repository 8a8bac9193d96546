import type { Language } from '../../../contract/language.ts'
import EN from './words.en.yaml'
import ES from './words.es.yaml'
import type { Words } from './words.generated.d.ts'

/** The words of the tour, by language. */
export const TOUR_WORDS = { es: ES, en: EN } as Readonly<Record<Language, Words>>
