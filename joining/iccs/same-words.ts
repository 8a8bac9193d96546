/** Words of labels and titles in a form in which the words of one family, and those that registers use for one thing, are the same text. */
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

/** Words that say nothing about an offence. «no» and «sin» do. */
const EMPTY: ReadonlySet<string> = new Set(
  (
    'a al ante con como cuando de del desde donde e el ella en entre es esta este hacia la las le lo los mas o para por que se segun si ' +
    'sobre su sus u un una uno unas unos y ya cual cuyo dicho dicha sea ser estar haber ' +
    'the of or and to in on an by for from with at as is are be its it this that than'
  ).split(' '),
)

/** Endings that make one word out of another, the longest first. What is left must be long enough to be a word of its own. */
const DERIVING = (
  'amientos imientos amiento imiento aciones uciones iones idades adoras adores acion ucion mente adora ancia encia entes antes ismos istas ' +
  'idad ador ante ente ados adas idos idas ando endo ismo ista ales icos icas ivos ivas osos osas ings ion ing ado ada ido ida ivo iva ' +
  'oso osa ico ica ed er al ar ir'
).split(' ')

/** Endings of gender and number, the longest first. */
const INFLECTING = ['es', 'os', 'as', 'a', 'o', 'e', 's', 'y']

/** The fewest letters that an ending leaves. */
const SHORTEST = { deriving: 5, inflecting: 4 } as const

/**
 * Returns a text in small letters without accents, with one space in place of everything that is neither a letter nor a digit. Ñ becomes n,
 * as registers that lost their accents write it.
 */
export function foldText(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** Returns the stem of a folded word, Spanish or English: «lesiones» and «lesión», «falsificación» and «falsificado» have one. */
export function stemWord(word: string): string {
  if (/\d/.test(word)) return word
  const found =
    DERIVING.find((ending) => word.endsWith(ending) && word.length - ending.length >= SHORTEST.deriving) ??
    INFLECTING.find((ending) => word.endsWith(ending) && word.length - ending.length >= SHORTEST.inflecting)
  return found === undefined ? word : word.slice(0, word.length - found.length)
}

/** Whether a folded word says something about an offence. */
function isTelling(word: string): boolean {
  return word !== '' && !EMPTY.has(word)
}

const PHRASES = LEXICON.phrases.map(([phrase, word]) => [new RegExp(phrase, 'gu'), word] as const)

const SAME = new Map(
  LEXICON.sameWords.flatMap((group) => {
    const [first = '', ...others] = group.split(' ').map((word) => stemWord(foldText(word)))
    return others.map((other) => [other, first] as const)
  }),
)

/** Returns the stem that a folded word is compared by: that of the first word of its group. */
export function comparedStem(word: string): string {
  const stem = stemWord(word)
  return SAME.get(stem) ?? stem
}

/** Returns the stems that a text is compared by, each with its first word in the text, without words that say nothing. */
export function wordsByStem(text: string): ReadonlyMap<string, string> {
  const joined = PHRASES.reduce((folded, [phrase, word]) => folded.replaceAll(phrase, word), foldText(text))
  const words = new Map<string, string>()
  for (const word of joined.split(' ').filter(isTelling)) {
    const stem = comparedStem(word)
    if (!words.has(stem)) words.set(stem, word)
  }
  return words
}

/** Returns the stems that a text is compared by, in their order and each once. */
export function stemsOf(text: string): readonly string[] {
  return [...wordsByStem(text).keys()]
}
