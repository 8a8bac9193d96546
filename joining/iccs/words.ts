import { wordsOf } from '../../contract/words.ts'

/** Returns the words of `istmo iccs` in a language. */
export const iccsWords = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})
