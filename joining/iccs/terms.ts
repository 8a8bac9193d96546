/** The terms by which a code is found: the titles of the classification, and the words of penal codes and registers. */
import { foldText } from './fold-words.ts'
import type { Lexicon } from './lexicon/lexicon.ts'
import { PERSONS } from './lexicon/persons.ts'
import { PROPERTY } from './lexicon/property.ts'
import { SAFETY } from './lexicon/safety.ts'
import { STATE } from './lexicon/state.ts'
import type { IccsCode } from './read-classification.ts'
import { comparedStem, stemsOf } from './same-words.ts'

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
  readonly from: 'TITLE' | 'TERM'
}

/** What the terms of the lexicon and the titles count. A remainder's title has the words of what it is the remainder of. */
const WEIGHT = { term: 1, lessLikely: 0.86, title: 0.94, remainder: 0.7 } as const

/** Words that make a title one of a remainder. */
const REMAINDER = /^(?:otr[oa]s?|other)\b/u

/** Lists the terms of the given codes. Terms of codes that the classification does not have are left out. */
export function listTerms(codes: readonly IccsCode[]): readonly Term[] {
  const parts = codes.flatMap(({ code, titleEs, titleEn }) => [
    ...[PERSONS, PROPERTY, STATE, SAFETY].flatMap((lexicon) => termsOf(lexicon, code)),
    ...[titleEs, titleEn].filter((title) => title !== '').map((title) => titleTerm(code, title)),
  ])
  const excluded = Map.groupBy(parts, ({ code }) => code)
  return parts
    .filter(({ stems }) => stems.length > 0)
    .map((part, id) => {
      const ofCode = excluded.get(part.code)?.flatMap((each) => each.excluded) ?? []
      return { id, ...part, excluded: ofCode.filter((stem) => !part.stems.includes(stem)) }
    })
}

function termsOf(lexicon: Lexicon, code: string): readonly Omit<Term, 'id'>[] {
  return (lexicon[code] ?? '').split(';').flatMap((piece) => {
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
