import { wordsOf } from '../../contract/words.ts'

/** Returns the words of `istmo check` and `istmo doctor` in a language. */
export const checkWords = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})
