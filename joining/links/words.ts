import { type Say, wordsOf } from '../../contract/words.ts'
import { spokenLanguage } from '../../service/lang-option.ts'
import type { Keys } from './words.generated.d.ts'

const words = wordsOf<Keys>({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})

/** Says what `istmo link` says, in the language of the command that runs. */
export const say = ((...text: Parameters<Say<Keys>>) => words(spokenLanguage())(...text)) as Say<Keys>
