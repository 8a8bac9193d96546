import { wordsOf } from '../../contract/words.ts'

/** Returns the words of `istmo probe` and `istmo join --probe` in a language. */
export const probeWords = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})
