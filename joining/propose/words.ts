import { wordsOf } from '../../contract/words.ts'

/** Returns the words of `istmo map`, and of the comments that it writes, in a language. */
export const proposeWords = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})
