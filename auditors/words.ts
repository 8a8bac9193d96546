import { type Say, wordsOf } from '../contract/words.ts'
import { spokenLanguage } from '../service/lang-option.ts'

/** Returns what says the texts of `istmo audit` in a language that the caller chose. */
export const wordsIn = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})

/** Says something of `istmo audit` in the language of the command that runs. */
export const say: Say = (...text) => wordsIn(spokenLanguage())(...text)
