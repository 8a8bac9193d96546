import { wordsOf } from '../../contract/words.ts'
import type { Keys } from './words.generated.d.ts'

/** Returns the words of `istmo join` in a language. */
export const joinWords = wordsOf<Keys>({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})
