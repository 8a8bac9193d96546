import { type Say, wordsOf } from '../../contract/words.ts'
import type { Keys } from './words.generated.d.ts'

/** Returns the words of `istmo iccs` in a language. */
export const iccsWords = wordsOf<Keys>({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})

/** Says a text of `istmo iccs`. */
export type IccsWords = Say<Keys>
