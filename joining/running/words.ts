import { type Say, wordsOf } from '../../contract/words.ts'
import { spokenLanguage } from '../../service/lang-option.ts'
import type { Keys } from './words.generated.d.ts'

/** Returns the words of `istmo backup`, `restore`, `keys rotate` and `upgrade` in a language. */
export const runningWords = wordsOf<Keys>({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})

/** Says something in the language of the command that runs. */
export const say = ((...text: Parameters<Say<Keys>>) => runningWords(spokenLanguage())(...text)) as Say<Keys>
