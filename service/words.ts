import { type Say, wordsOf } from '../contract/words.ts'
import { spokenLanguage } from './lang-option.ts'

const words = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})

/** Returns what says something of a command line, in the language of the command that runs. */
export function commandWords(): Say {
  return words(spokenLanguage())
}
