import { wordsOf } from '../contract/words.ts'

/** Returns the words of a language. */
export const cliWords = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})
