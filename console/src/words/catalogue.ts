import type { Language } from '../../../contract/language.ts'
import { words as ANALYST_EN } from '../analyst/words.en.yaml'
import { words as ANALYST_ES } from '../analyst/words.es.yaml'
import { words as AUDIT_EN } from '../audit/words.en.yaml'
import { words as AUDIT_ES } from '../audit/words.es.yaml'
import { words as EXPORT_EN } from '../export/words.en.yaml'
import { words as EXPORT_ES } from '../export/words.es.yaml'
import { words as NATIONAL_EN } from '../national/words.en.yaml'
import { words as NATIONAL_ES } from '../national/words.es.yaml'
import { words as NOTES_EN } from '../notes/words.en.yaml'
import { words as NOTES_ES } from '../notes/words.es.yaml'
import { words as SHELL_EN } from '../shell/words.en.yaml'
import { words as SHELL_ES } from '../shell/words.es.yaml'
import { words as TOUR_EN } from '../tour/words.en.yaml'
import { words as TOUR_ES } from '../tour/words.es.yaml'
import { words as EN } from '../words.en.yaml'
import { words as ES } from '../words.es.yaml'

/** Words by their keys: a text, or a section of them. */
export interface WordTree {
  readonly [key: string]: string | WordTree
}

/** All words, by language. */
export const WORDS: Readonly<Record<Language, WordTree>> = {
  es: Object.assign(
    { auditor: AUDIT_ES, team: NATIONAL_ES, tour: TOUR_ES },
    ES,
    ANALYST_ES,
    EXPORT_ES,
    NOTES_ES,
    SHELL_ES,
  ),
  en: Object.assign(
    { auditor: AUDIT_EN, team: NATIONAL_EN, tour: TOUR_EN },
    EN,
    ANALYST_EN,
    EXPORT_EN,
    NOTES_EN,
    SHELL_EN,
  ),
}

/** Returns what finds the texts of a language as they stand in the catalogue. It throws a RangeError for a key without a text. */
export function wordsIn(language: Language): (key: string) => string {
  return (key) => {
    const text = key
      .split('.')
      .reduce<string | WordTree | undefined>(
        (tree, name) => (typeof tree === 'object' ? tree[name] : undefined),
        WORDS[language],
      )
    if (typeof text !== 'string') throw new RangeError(`expected a text at ${key}; came ${typeof text}`)
    return text
  }
}
