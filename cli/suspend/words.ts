import { type Say, wordsOf } from '../../contract/words.ts'
import type { Keys } from './words.generated.d.ts'

/** Says what `istmo suspend`, `resume` and `suspensions` say, in one language. */
export type SaySuspension = Say<Keys>

/** Returns the words of a language. */
export const suspendWords = wordsOf<Keys>({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})
