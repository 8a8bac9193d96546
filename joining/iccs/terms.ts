/** The terms by which a code is found: the titles of the classification, and the words of penal codes and registers. */
import { iccsParent } from '../../contract/iccs.ts'
import type { ClassificationText, IccsCode } from './read-classification.ts'
import { comparedStem, foldText, LEXICON, stemsOf } from './same-words.ts'

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
