import { readWords } from '../../contract/read-words.ts'

/** The words of penal codes and registers, by the code of the classification that takes them in: lexicon.yaml, which says how it is written. */
interface Lexicon {
  readonly terms: Readonly<Record<string, string>>
  readonly articles: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly sameWords: readonly string[]
  readonly phrases: readonly (readonly [phrase: string, word: string])[]
}

/** The lexicon. */
export const LEXICON: Lexicon = readWords(new URL('lexicon.yaml', import.meta.url))
