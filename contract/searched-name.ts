import { detail } from './error-details.ts'
import { IstmoError } from './errors.ts'

/** The name in a search for persons, as far as the gateway can check it without the lists of names that the countries have. */

/** The maximum number of words in a searched name, without particles and titles. */
export const MAX_NAME_WORDS = 6

/** The maximum length of a searched name, in UTF-16 code units. */
export const MAX_NAME_LENGTH = 200

/** Words that do not count: particles, «viuda de», and titles. The countries' `persons.name_tokens` does not count them either. */
const UNCOUNTED: ReadonlySet<string> = new Set(
  'de del la las los el da do dos das y viuda vda vd viudo don dona sr sra srta lic licda dr dra ing jr junior'.split(
    ' ',
  ),
)

/** Marks of a nickname, whose words do not count. Only the country tells where they end. */
const NICKNAME = /["'`´‘’“”«»„(),]|alias|a\.?k\.?a|conocid|c\/p/i

/**
 * Checks the name that a search is for.
 * @param place what the message calls it: `Query.persons(search:).name`.
 * @throws {IstmoError} `BAD_USER_INPUT` for a text without a letter or digit, too long, or of too many words. The message does not quote the text.
 */
export function checkSearchedName(place: string, name: unknown): void {
  if (typeof name !== 'string') return
  if (name.length > MAX_NAME_LENGTH) {
    throw new IstmoError('BAD_USER_INPUT', detail('CHARACTERS', { place, most: MAX_NAME_LENGTH, came: name.length }))
  }
  if (!/[\p{L}\p{N}]/u.test(name)) throw new IstmoError('BAD_USER_INPUT', detail('WORDS', { place }))
  const came = wordsOfName(name).length
  if (came <= MAX_NAME_WORDS || NICKNAME.test(name)) return
  throw new IstmoError('BAD_USER_INPUT', detail('NAME_WORDS', { place, most: MAX_NAME_WORDS, came }))
}

/** Lists the words of a searched name that count, without capitals and accents, in the order in which they stand. */
export function wordsOfName(name: string): readonly string[] {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '' && !UNCOUNTED.has(word))
}
