import { wordsOf } from '../../contract/words.ts'
import type { Keys } from './words.generated.d.ts'

/** Returns the words of `istmo probe` and `istmo join --probe` in a language. */
export const probeWords = wordsOf<Keys>({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})
