import { type Say, wordsOf } from '../../contract/words.ts'
import { spokenLanguage } from '../../service/lang-option.ts'

/** Returns the words of `istmo backup`, `restore`, `keys rotate` and `upgrade` in a language. */
export const runningWords = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})

/** Says something in the language of the command that runs. */
export const say: Say = (...text) => runningWords(spokenLanguage())(...text)
