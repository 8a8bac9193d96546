import { wordsOf } from '../../contract/words.ts'
import type { Keys } from './words.generated.d.ts'

/** Returns the words of `istmo check` and `istmo doctor` in a language. */
export const checkWords = wordsOf<Keys>({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})
