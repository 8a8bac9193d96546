import { type Say, wordsOf } from '../../contract/words.ts'
import type { Keys } from './words.generated.d.ts'

/** Returns the words of `istmo map`, and of the comments that it writes, in a language. */
export const proposeWords = wordsOf<Keys>({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})

/** Says a text of `istmo map`. */
export type ProposeWords = Say<Keys>
