import { type Say, wordsOf } from '../contract/words.ts'
import type { Keys } from './words.generated.d.ts'

/** Says what the commands of this folder say, in one language. */
export type CliSay = Say<Keys>

/** Returns the words of a language. */
export const cliWords = wordsOf<Keys>({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})
