import { wordsOf } from '../../contract/words.ts'

/** Returns the words of `istmo join` in a language. */
export const joinWords = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})
