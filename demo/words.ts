import { type Say, wordsOf } from '../contract/words.ts'
import { spokenLanguage } from '../service/lang-option.ts'

/** Says something of the demo in a language: for the login page, whose reader chooses it. */
export const words = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})

/** Says something of the demo in the language of the terminal that started it. */
export const say: Say = (...text) => words(spokenLanguage())(...text)
