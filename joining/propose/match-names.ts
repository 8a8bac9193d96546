/** How well names of tables and columns fit the phrases of the lexicon. */
import { nameWords } from './name-words.ts'

/** Words that say something only if nothing stands beside them: `estado` is not `estado civil`, and `numero` can be that of anything. */
const GENERAL: ReadonlySet<string> = new Set(
  'id numero codigo tipo hecho fecha nombre valor titulo texto estado situacion clase fase pais cargo rol persona person case caso orden grupo relacion ley type role status group text code numero desde hasta medio activo menor'.split(
    ' ',
  ),
)

/** Whether a word can stand for anything, as long as nothing stands beside it. */
export function isGeneral(word: string): boolean {
  return GENERAL.has(word)
}

/** Returns how well a name fits a phrase: 0 if a word of the phrase is missing, else more for longer phrases and fewer other words. */
export function scorePhrase(phrase: string, words: readonly string[]): number {
  const wanted = phrase.split(' ')
  if (GENERAL.has(phrase) && words.length > 1) return 0
  const isThere = wanted.every((word) => words.some((each) => isSameWord(each, word)))
  return isThere ? wanted.length * 10 - (words.length - wanted.length) * (wanted.length === 1 ? 3 : 2) : 0
}

/** Returns the best score of several phrases. Of equal ones, those that come first count a little more. */
export function scorePhrases(phrases: readonly string[], name: string): number {
  const words = nameWords(name)
  return Math.max(
    0,
    ...phrases.map((phrase, index) => {
      const score = scorePhrase(phrase, words)
      return score === 0 ? 0 : score - index / 100
    }),
  )
}

/** `articl` and `article`, `procesal` and `proces`: plurals and genders leave ends behind. */
function isSameWord(one: string, other: string): boolean {
  if (one === other) return true
  const [short, long] = one.length < other.length ? [one, other] : [other, one]
  if (short.length >= 5 && long.length - short.length <= 2) return long.startsWith(short)
  // abierta, abierto
  return (
    short.length >= 4 && short.length === long.length && short.slice(0, -1) === long.slice(0, -1) && /[ao]$/.test(short)
  )
}
