import { type Say, wordsOf } from '../../contract/words.ts'
import { spokenLanguage } from '../../service/lang-option.ts'

const words = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})

/** Says what `istmo link` says, in the language of the command that runs. */
export const say: Say = (...text) => words(spokenLanguage())(...text)
