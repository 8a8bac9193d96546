import { iccsParent } from '../../contract/iccs.ts'
import { readWords } from '../../contract/read-words.ts'
import type { ClassificationText, IccsCode } from './read-classification.ts'

/** The terms by which a code is found: the titles of the classification, and the words of penal codes and registers. */

/** One text that stands for a code. */
export interface Term {
  /** Its place in the list of all terms. */
  readonly id: number
  readonly code: string
  readonly text: string
  readonly stems: readonly string[]
  /** A label with one of these stems does not mean the code. */
  readonly excluded: readonly string[]
  /** 0 to 1: how sure the code is if the label says exactly this. */
  readonly weight: number
  readonly from: 'TITLE' | 'TERM' | 'TEXT' | 'DESCRIPTION'
}

/** What the terms of the lexicon, the titles, and the inclusions and exclusions count. A remainder's title has the words of what it is the remainder of. */
const WEIGHT = { term: 1, lessLikely: 0.86, title: 0.94, remainder: 0.7, text: 0.85 } as const

/** Words that make a title one of a remainder. */
const REMAINDER = /^(?:otr[oa]s?|other)\b/u

/**
 * Lists the terms of the given codes. Terms of codes that the classification does not have are left out.
 * @param texts the descriptions, inclusions and exclusions of the classification; none if they are not at hand
 */
export function listTerms(codes: readonly IccsCode[], texts: readonly ClassificationText[]): readonly Term[] {
  // The inclusions of a code that has codes below it list what these take in.
  const above = new Set(codes.map(({ code }) => iccsParent(code)))
  const used = texts.filter(({ code, kind }) => kind !== 'INCLUSION' || !above.has(code))
  const included = Map.groupBy(used.flatMap(readItems), ({ code }) => code)
  const parts = codes.flatMap(({ code, titleEs, titleEn }) => [
    ...termsOf(code),
    ...[titleEs, titleEn].filter((title) => title !== '').map((title) => titleTerm(code, title)),
    ...(included.get(code) ?? []).map(({ text, from }) => textTerm(code, text, from)),
  ])
  const excluded = Map.groupBy(parts, ({ code }) => code)
  return parts
    .filter(({ stems }) => stems.length > 0)
    .map((part, id) => {
      const ofCode = excluded.get(part.code)?.flatMap((each) => each.excluded) ?? []
      return { id, ...part, excluded: ofCode.filter((stem) => !part.stems.includes(stem)) }
    })
}

function termsOf(code: string): readonly Omit<Term, 'id'>[] {
  return (LEXICON.terms[code] ?? '').split(';').flatMap((piece) => {
    const words = piece.trim().split(/\s+/)
    const isLess = words[0]?.startsWith('~') === true
    const excluded = words.filter((word) => word.startsWith('!')).map((word) => comparedStem(foldText(word)))
    const text = words
      .filter((word) => !word.startsWith('!'))
      .join(' ')
      .replace(/^~/u, '')
    const weight = isLess ? WEIGHT.lessLikely : WEIGHT.term
    return text === '' ? [] : [{ code, text, stems: stemsOf(text), excluded, weight, from: 'TERM' as const }]
  })
}

function titleTerm(code: string, title: string): Omit<Term, 'id'> {
  const isRemainder = REMAINDER.test(foldText(title))
  const text = isRemainder ? foldText(title).replace(REMAINDER, '') : title
  const weight = isRemainder ? WEIGHT.remainder : WEIGHT.title
  return { code, text: title, stems: stemsOf(text), excluded: [], weight, from: 'TITLE' }
}

function textTerm(code: string, text: string, from: 'TEXT' | 'DESCRIPTION'): Omit<Term, 'id'> {
  return { code, text, stems: stemsOf(text), excluded: [], weight: WEIGHT.text, from }
}

/** A text of the classification that stands for a code. */
interface CodedText {
  readonly code: string
  readonly text: string
  readonly from: 'TEXT' | 'DESCRIPTION'
}

/**
 * Takes a text of the classification apart. A description and the items of an inclusion are of its code. Those of an exclusion are of the code that stands
 * behind them in brackets: «amenaza a testigos (08061)».
 */
export function readItems({ code, kind, text }: ClassificationText): readonly CodedText[] {
  // Footnotes stand as «*1».
  const plain = text.replaceAll(/\*\d+/gu, '').replace(/\.\s*$/u, '')
  if (kind === 'DESCRIPTION') return [{ code, text: plain, from: 'DESCRIPTION' }]
  const found: CodedText[] = []
  let waiting: string[] = []
  for (const item of plain.split(';')) {
    const [, words = item, named] = /^(.*)\((\d{2,6})\)/u.exec(item) ?? []
    const isIncluded = kind === 'INCLUSION'
    const of = isIncluded ? code : named
    waiting.push((isIncluded ? item : words).trim())
    if (of === undefined) continue
    found.push(
      ...waiting.filter((each) => each !== '').map((each) => ({ code: of, text: each, from: 'TEXT' as const })),
    )
    waiting = []
  }
  return found
}

/** Words of labels and titles in a form in which the words of one family, and those that registers use for one thing, are the same text. */

/** The words of penal codes and registers, by the code of the classification that takes them in: lexicon.yaml, which says how it is written. */
interface Lexicon {
  readonly terms: Readonly<Record<string, string>>
  readonly articles: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly sameWords: readonly string[]
  readonly abbreviations: readonly (readonly [abbreviation: string, meaning: string, flags?: string])[]
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
