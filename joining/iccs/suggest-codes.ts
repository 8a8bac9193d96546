import MiniSearch, { type SearchResult } from 'minisearch'
import { iccsParent } from '../../contract/iccs.ts'
import { readWords } from '../../contract/read-words.ts'
import type { ClassificationText, IccsCode } from './classification.ts'

/** Proposes codes of the classification for a national label, best first, each with its reason. A person decides. */

/** A proposed code. */
export interface Suggestion {
  readonly code: string
  /** 0 to 1000: how well the label fits. Two labels' scores can be compared. */
  readonly score: number
  readonly reason: SuggestionReason
}

/** Why a code is proposed. */
export type SuggestionReason =
  /** The label has these words of a term, a title, an inclusion or the description of the code, or of what another code excludes for it. */
  | { readonly kind: Term['from']; readonly text: string; readonly words: readonly string[] }
  /** A code below it fits, and a label may be more general than that code. */
  | { readonly kind: 'ABOVE'; readonly code: string }
  /** Several codes below it fit equally well. */
  | { readonly kind: 'SEVERAL_BELOW'; readonly codes: readonly string[] }
  /** The label is of a remainder («otros»), and this code is the remainder of what fits. */
  | { readonly kind: 'REMAINDER'; readonly code: string }
  /** The label has an article and no known word. */
  | { readonly kind: 'ARTICLE'; readonly country: string; readonly article: string }

/** What proposes codes. */
export interface Suggester {
  /**
   * @param label a national label, in Spanish or English
   * @param most how many codes to propose at most
   */
  suggest(label: string, most: number): readonly Suggestion[]
}

/** How sure an article is. */
const ARTICLE_SCORE = 0.6

/** What a code counts for a fit that is not its own. */
const SHARE = {
  /** Of a code below it; less for a section, because few labels are as general as one. */
  above: 0.8,
  section: 0.35,
  /** Of what it is the remainder of, if the label says «otros», and if it does not. */
  remainder: 0.9,
  unsaidRemainder: 0.5,
  /** Of the code of the whole act, if the label says that it was only attempted. */
  attempted: 1.03,
} as const

/** The code of an act, and the code of its attempt. All other codes take in the attempt. */
const ATTEMPTED = { act: '0101', attempt: '0102' } as const

/** What a term counts that lacks the first telling word of the label: that word mostly names the act. */
const WITHOUT_HEAD = 0.88

/** The code of labels that say only that they are of the rest: «otros hechos». */
const REST = { code: '1109', fit: { score: 0.8, reason: { kind: 'REMAINDER', code: '11' } } } as const

/** How near scores of codes must be to count as equal. */
const EQUAL = 0.97

/** How much of its weight a stem counts that nearly every label may have. */
const COMMON_SHARE = 0.25

/** What a word that no term has weighs, in parts of an ordinary word's weight. It says little, but the label is about it too. */
const UNKNOWN_SHARE = 0.35

/** The exponent that makes a term with half of its words count less than half. */
const SHARPNESS = 1.6

/**
 * Creates what proposes codes of one classification.
 * @param texts its descriptions, inclusions and exclusions; none if they are not at hand
 * @param country whose labels they are, for articles
 */
export function createSuggester(
  codes: readonly IccsCode[],
  texts: readonly ClassificationText[],
  country?: string,
): Suggester {
  const terms = listTerms(codes, texts)
  const index = createIndex(terms)
  const { weightOf, isKnown } = weighStems(terms)
  const known = new Set(codes.map(({ code }) => code))
  return {
    suggest(label, most) {
      const clean = cleanLabel(label)
      const laws = clean.laws.map((law) => law.replaceAll(/\D/gu, ''))
      const words = new Map([...wordsByStem(clean.text), ...laws.map((law) => [law, law] as const)])
      const found = rankTerms(words, { terms, index, weightOf, isKnown })
      if (clean.isOther && [...words.keys()].every((stem) => OF_EVERYTHING.includes(stem)))
        found.set(REST.code, REST.fit)
      if (found.size === 0) addArticles(found, clean.articles, country)
      const ranked = rankCodes(found, known, clean)
      return ranked.slice(0, most)
    },
  }
}

/** What finds the terms of a label, and weighs their words. */
interface TermSearch {
  readonly terms: readonly Term[]
  readonly index: MiniSearch<Term>
  readonly weightOf: (stem: string) => number
  /** Whether a term has the stem. */
  readonly isKnown: (stem: string) => boolean
}

/** A code's best fit so far: its score, 0 to 1, and why. */
interface Fit {
  readonly score: number
  readonly reason: SuggestionReason
}

function createIndex(terms: readonly Term[]): MiniSearch<Term> {
  const index = new MiniSearch<Term>({
    fields: ['stems'],
    // Stems are words already.
    extractField: (term, name) => (name === 'stems' ? term.stems.join(' ') : String(term.id)),
    tokenize: (text) => text.split(' '),
    processTerm: (stem) => stem,
  })
  index.addAll([...terms])
  return index
}

/** Weighs stems by how few terms have them (inverse document frequency). */
function weighStems(terms: readonly Term[]): Pick<TermSearch, 'weightOf' | 'isKnown'> {
  const counts = new Map<string, number>()
  for (const { stems } of terms) for (const stem of stems) counts.set(stem, (counts.get(stem) ?? 0) + 1)
  const ordinary = Math.log(1 + terms.length / 20)
  return {
    isKnown: (stem) => counts.has(stem),
    weightOf(stem) {
      const count = counts.get(stem)
      const weight = count === undefined ? ordinary * UNKNOWN_SHARE : Math.log(1 + terms.length / count)
      return COMMON.includes(stem) ? weight * COMMON_SHARE : weight
    },
  }
}

/** Finds the best term of each code. */
function rankTerms(
  wordsOf: ReadonlyMap<string, string>,
  { terms, index, weightOf, isKnown }: TermSearch,
): Map<string, Fit> {
  const fits = new Map<string, Fit>()
  const stems = [...wordsOf.keys()]
  const told = stems.filter((stem) => !isAttemptStem(stem))
  const labelWeight = sum(told.map(weightOf))
  // Only a word that no term has may be a typo, or cut off.
  const isUnknown = (stem: string): boolean => stem.length > 5 && !isKnown(stem) && !/\d/u.test(stem)
  const options = {
    combineWith: 'OR',
    fuzzy: (stem: string) => (isUnknown(stem) ? 1 : false),
    prefix: isUnknown,
  } as const
  for (const result of stems.length === 0 ? [] : index.search(stems.join(' '), options)) {
    const term = terms[result.id]
    if (term === undefined || term.excluded.some((stem) => stems.includes(stem))) continue
    const score = fitTerm(term, result, { told, labelWeight, weightOf })
    const before = fits.get(term.code)
    if (before !== undefined && before.score >= score) continue
    const words = result.queryTerms.map((stem) => wordsOf.get(stem) ?? stem)
    fits.set(term.code, { score, reason: { kind: term.from, text: term.text, words } })
  }
  return fits
}

interface LabelWeights {
  readonly told: readonly string[]
  readonly labelWeight: number
  readonly weightOf: (stem: string) => number
}

/** Scores a term: how much of the term the label has, and how much of the label the term has. */
function fitTerm(
  term: Term,
  { match, queryTerms }: SearchResult,
  { told, labelWeight, weightOf }: LabelWeights,
): number {
  const words = Object.keys(match)
  const termWeight = sum(term.stems.map(weightOf))
  // A word that is only near counts a little less than the word itself.
  const shareOf = (stem: string): number => (queryTerms.includes(stem) ? 1 : 0.85)
  const ofTerm = sum(words.map((stem) => weightOf(stem) * shareOf(stem))) / termWeight
  const ofLabel =
    labelWeight === 0 ? 1 : sum(told.filter((stem) => queryTerms.includes(stem)).map(weightOf)) / labelWeight
  const head = told.find((stem) => !COMMON.includes(stem))
  const headShare = head === undefined || queryTerms.includes(head) ? 1 : WITHOUT_HEAD
  return Math.min(1, ofTerm) ** SHARPNESS * (0.45 + 0.55 * Math.min(1, ofLabel)) * headShare * term.weight
}

/** Adds what the articles of a label take in, by the penal code of a country; without a country, by all that are known. */
function addArticles(fits: Map<string, Fit>, articles: readonly string[], country: string | undefined): void {
  for (const [each, known] of Object.entries(LEXICON.articles)) {
    for (const article of country === undefined || each === country ? articles : []) {
      const code = known[article]
      if (code !== undefined)
        fits.set(code, { score: ARTICLE_SCORE, reason: { kind: 'ARTICLE', country: each, article } })
    }
  }
}

/** Puts the codes into their order, and adds those above them and the remainders. */
function rankCodes(
  own: ReadonlyMap<string, Fit>,
  known: ReadonlySet<string>,
  { isOther, isAttempt }: Pick<CleanLabel, 'isOther' | 'isAttempt'>,
): Suggestion[] {
  const fits = new Map([...own].filter(([code]) => known.has(code)))
  const act = fits.get(ATTEMPTED.act)
  if (isAttempt && act !== undefined && known.has(ATTEMPTED.attempt)) {
    raise(fits, ATTEMPTED.attempt, { ...act, score: Math.min(1, act.score * SHARE.attempted) })
    fits.set(ATTEMPTED.act, { ...act, score: act.score * SHARE.above })
  }
  addRemainders(fits, known, isOther)
  addCodesAbove(fits)
  return [...fits]
    .map(([code, { score, reason }]) => ({ code, score: Math.round(score * 1_000), reason }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.code.length - b.code.length || (a.code < b.code ? -1 : 1))
}

/** A label of a remainder is of the remainder of the code that fits, or of the code above it. A label that says nothing of it may be so too. */
function addRemainders(fits: Map<string, Fit>, known: ReadonlySet<string>, isSaid: boolean): void {
  const share = isSaid ? SHARE.remainder : SHARE.unsaidRemainder
  for (const [code, { score }] of [...fits]) {
    for (const whole of [code, iccsParent(code) ?? '']) {
      // The remainder of a section is far from what most labels mean.
      if (whole.length === 2 && !isSaid) continue
      const remainder = `${whole}${whole.length === 2 ? '09' : '9'}`
      if (known.has(remainder)) raise(fits, remainder, { score: score * share, reason: { kind: 'REMAINDER', code } })
    }
  }
}

/** The numbers of digits of the codes that have a code above them, the most first. */
const LENGTHS_BELOW = [6, 5, 4]

/** A label may be more general than the code that fits best. If several codes below one fit equally well, it is. */
function addCodesAbove(fits: Map<string, Fit>): void {
  for (const length of LENGTHS_BELOW) {
    const codes = [...fits.keys()].filter((code) => code.length === length)
    for (const [parent, below] of Map.groupBy(codes, (code) => iccsParent(code) ?? ''))
      addCodeAbove(fits, parent, below)
  }
}

function addCodeAbove(fits: Map<string, Fit>, parent: string, codes: readonly string[]): void {
  const scoreOf = (code: string): number => fits.get(code)?.score ?? 0
  const best = codes.reduce((a, b) => (scoreOf(b) > scoreOf(a) ? b : a))
  const equal = codes.filter((code) => scoreOf(code) >= scoreOf(best) * EQUAL)
  if (equal.length > 1) {
    raise(fits, parent, { score: scoreOf(best), reason: { kind: 'SEVERAL_BELOW', codes: equal.sort() } })
  } else {
    const share = parent.length === 2 ? SHARE.section : SHARE.above
    raise(fits, parent, { score: scoreOf(best) * share, reason: { kind: 'ABOVE', code: best } })
  }
}

function raise(fits: Map<string, Fit>, code: string, fit: Fit): void {
  if ((fits.get(code)?.score ?? 0) < fit.score) fits.set(code, fit)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** The terms by which a code is found: the titles of the classification, and the words of penal codes and registers. */

/** One text that stands for a code. */
interface Term {
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
function listTerms(codes: readonly IccsCode[], texts: readonly ClassificationText[]): readonly Term[] {
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

/** Words and endings, with a space between them. */
type WordLists = Readonly<Record<'empty' | 'common' | 'ofEverything' | 'deriving' | 'inflecting', string>>

/** The lexicon. */
export const LEXICON = readWords<Lexicon & WordLists>(new URL('lexicon.yaml', import.meta.url))

const listIn = (name: keyof WordLists): readonly string[] => LEXICON[name].split(' ')
const [EMPTY, COMMON, OF_EVERYTHING] = [listIn('empty'), listIn('common'), listIn('ofEverything')]
const [DERIVING, INFLECTING] = [listIn('deriving'), listIn('inflecting')]

/** The fewest letters that an ending leaves. */
const SHORTEST = { deriving: 5, inflecting: 4 } as const

/**
 * Returns a text in small letters without accents, with one space in place of everything that is neither a letter nor a digit. Ñ becomes n,
 * as registers that lost their accents write it.
 */
function foldText(text: string): string {
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
  return word !== '' && !EMPTY.includes(word)
}

const PHRASES = LEXICON.phrases.map(([phrase, word]) => [new RegExp(phrase, 'gu'), word] as const)

const SAME = new Map(
  LEXICON.sameWords.flatMap((group) => {
    const [first = '', ...others] = group.split(' ').map((word) => stemWord(foldText(word)))
    return others.map((other) => [other, first] as const)
  }),
)

/** Returns the stem that a folded word is compared by: that of the first word of its group. */
function comparedStem(word: string): string {
  const stem = stemWord(word)
  return SAME.get(stem) ?? stem
}

/** Returns the stems that a text is compared by, each with its first word in the text, without words that say nothing. */
function wordsByStem(text: string): ReadonlyMap<string, string> {
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

/** What a national label says about the offence, without what registers add to it: articles, amounts, how far the act went. */

/** A label without what does not tell one offence from another. */
export interface CleanLabel {
  /** The label's words, folded, with abbreviations written out. */
  readonly text: string
  /** The numbers of laws that it names, without points: `20000` for «LEY 20.000». */
  readonly laws: readonly string[]
  /** The numbers of articles that it names, such as `318`. */
  readonly articles: readonly string[]
  /** Whether the act was attempted only («frustrado», «tentativa»). */
  readonly isAttempt: boolean
  /** Whether it stands for what has no label of its own («otros», «demás»). */
  readonly isOther: boolean
}

/** Abbreviations of registers, and what they stand for. They are found before the points go. */
const ABBREVIATIONS = LEXICON.abbreviations.map(
  ([abbreviation, meaning, flags = 'giu']) => [new RegExp(abbreviation, flags), meaning] as const,
)

/** A law by its number: «LEY 20.000», «LEY N° 19.366», «L. 20.066», «DECRETO 48-92». */
const LAW =
  /\b(?:ley(?:es)?|l\.|decreto(?:\s+ley)?|d\.?\s?l\.?)\s*(?:n(?:[°ºo.]|ro\.?|[uú]m\.?)*\s*)?(\d{1,3}(?:\.\d{3})+|\d{3,5}(?:-\d{2,4})?|\d{1,3}-\d{2,4})\b/giu

/** What follows the word «artículo»: numbers, with their letters, clauses and lists. */
const ARTICLE =
  /\bart(?:s|[ií]culos?|[ií]c)?\b\.?\s*(?:n[°ºo.]*\s*)?(\d+)[°ºª]?(?:\s*-?\s*[A-Z](?![\p{L}\d°º.]))?(?:\s*(?:bis|ter|qu[aá]ter|quinquies|sexies|septies)\b)?(?:[\s,]*(?:(?:y|e|al?|-|,|\/)\s*)?(?:inc(?:iso)?s?\.?|n(?:[°ºo.]+|ros?\.?|[uú]ms?\.?)|letras?|let\.?|p[aá]rr(?:afo)?\.?|\d+[°ºª]?|[a-z]\)|final|primero|segundo|tercero|cuarto|[IVX]+\b|bis\b|ter\b)\s*)*/giu

/** Amounts of money or of a measure, with the words around them. */
const AMOUNT =
  /(?:\bpor\s+(?:un\s+)?(?:valor|monto)\s+(?:de\s+)?)?(?:\b(?:sobre|desde|hasta|de|a|m[aá]s\s+de|menos\s+de|mayor(?:es)?\s+[ao]|menor(?:es)?\s+a|inferior(?:es)?\s+a|superior(?:es)?\s+a|igual|entre|media|medio|[\d.,/½]+)\s*)*\b(?:u\.?t\.?m\.?|u\.?t\.?a\.?|u\.?f\.?|smv|umas?|salarios?\s+m[ií]nimos?|quetzales|lempiras|pesos)(?=\s|$|[),.;])/giu

/** The stem of all words that say that an act was only attempted. */
const ATTEMPT = comparedStem('tentativa')

/** Words of the classification's remainders. */
const OTHER = /^(?:otr[oa]s?|demas|resto|varios|diversos|others?)$/u

/** Cleans a label. What it takes away, it gives back in the other members, so that a reason can name it. */
export function cleanLabel(label: string): CleanLabel {
  let text = label.normalize('NFC')
  const laws = [...text.matchAll(LAW)].map(([, number = '']) => number.replaceAll('.', ''))
  text = text.replaceAll(LAW, ' ley ')
  for (const [abbreviation, meaning] of ABBREVIATIONS) text = text.replaceAll(abbreviation, meaning)
  const articles = [...text.matchAll(ARTICLE)].map(([, number = '']) => number)
  text = text.replaceAll(ARTICLE, ' ').replaceAll(AMOUNT, ' ')
  const words = foldText(text)
    .split(' ')
    .filter((word) => word !== '' && !/^\d+$/u.test(word))
  const isAttempt = words.some((word) => isAttemptStem(comparedStem(word)))
  const isOther = words.some((word) => OTHER.test(word))
  return { text: words.filter((word) => !OTHER.test(word)).join(' '), laws, articles, isAttempt, isOther }
}

/** Whether a stem says only that an act was attempted. */
export function isAttemptStem(stem: string): boolean {
  return stem === ATTEMPT
}
