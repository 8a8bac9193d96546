import type { Language } from '../../../contract/language.ts'
import { words as EN } from './words.en.yaml'
import { words as ES } from './words.es.yaml'
import type { Words } from './words.generated.d.ts'

/** The words of the tour, by language. */
export const TOUR_WORDS = { es: ES, en: EN } as Readonly<Record<Language, Words>>
