import { type Say, wordsOf } from '../../contract/words.ts'
import type { Keys } from './words.generated.d.ts'

/** Says what `istmo sync` says, in one language. */
export type SaySync = Say<Keys>

/** Returns the words of a language. */
export const syncWords = wordsOf<Keys>({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})
