import { wordsOf } from '../../contract/words.ts'

/** Returns what is said of a mapping that is wrong, and of a value that is refused, in a language. */
export const mappingWords = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})
