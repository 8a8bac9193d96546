import { type Say, wordsOf } from '../../contract/words.ts'
import type { Keys } from './words.generated.d.ts'

/** Returns what is said of a mapping that is wrong, and of a value that is refused, in a language. */
export const mappingWords = wordsOf<Keys>({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})

/** Says a text of a mapping. */
export type MappingWords = Say<Keys>
