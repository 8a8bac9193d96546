/** Guesses what words of old databases mean in the contract, by value-lexicon.yaml. A person confirms each guess. */
import { readWords } from '../../contract/read-words.ts'

interface ValueLexicon {
  /** The words of each value, by the kind and key of the field, or `boolean`. */
  readonly values: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly nationalities: Readonly<Record<string, string>>
}

const { values: VALUES, nationalities: NATIONALITIES } = readWords<ValueLexicon>(
  new URL('value-lexicon.yaml', import.meta.url),
)

/** The fields whose values have words: `cases.status`. */
export const VALUED_FIELDS: readonly string[] = Object.keys(VALUES).filter((field) => field !== 'boolean')

/**
 * Guesses what a word of a source means.
 * @param field the kind and the key: `cases.status`; or `boolean`.
 * @param folded the word, folded.
 * @returns the contract's value; undefined if it is none of the words.
 */
export function guessValue(field: string, folded: string): string | undefined {
  const words = Object.entries(VALUES[field] ?? {})
  return words.find(([value, texts]) => value.toLowerCase() === folded || texts.split('|').includes(folded))?.[0]
}

/** The longest ending of a word for the people of a country: `uruguayos`, `dominicana`. */
const MAX_ENDING = 3

/** Guesses which country a word for a nationality names. @param folded the word, folded. */
export function guessNationality(folded: string): string | undefined {
  if (/[^a-z]/.test(folded)) return undefined
  const found = Object.entries(NATIONALITIES).find(([, beginnings]) =>
    beginnings.split('|').some((each) => folded.startsWith(each) && folded.length - each.length <= MAX_ENDING),
  )
  return found?.[0]
}
