import type { TFunction } from 'i18next'
import type { PersonSearch } from '../documents/operation-types.ts'
import { isShared } from './identifier-categories.ts'

/** Why a record fits what was sought, and what would settle whether it is the person; null if nothing more is needed, or to be had. */
export interface MatchWords {
  readonly reason: string
  readonly settle: string | null
}

/**
 * Says in words why a record fits a search. A country tells only a band, so what is said of a name comes from comparing it with what was written.
 * @param isDateHidden whether a rule hides the date of birth of the record.
 */
export function wordMatch(
  t: TFunction,
  { band, matchedName }: { readonly band: string | null; readonly matchedName: string | null },
  search: PersonSearch,
  isDateHidden: boolean,
): MatchWords {
  if (search.identifier != null) {
    if (!isShared(search.identifier.category)) return { reason: t('match.document'), settle: null }
    const hasName = search.name != null
    return { reason: t('match.shared'), settle: band === 'WEAK' && !hasName ? t('match.withName') : null }
  }
  const isSame = matchedName !== null && hasSameWords(matchedName, search.name ?? '')
  const reason = t(isSame ? 'match.sameName' : 'match.sounds')
  if (band === 'STRONG') return { reason: t('match.andDate', { reason }), settle: null }
  if (isDateHidden) return { reason, settle: t('match.dateHidden') }
  return { reason, settle: search.birthDate == null ? t('match.withDate') : t('match.dateNear') }
}

/** A piece of a name, and whether it differs from what was sought. */
export interface NamePart {
  readonly text: string
  readonly differs: boolean
}

/** Splits a name into what stands in the sought name too, and what does not. Case and accents do not count for finding a word, but an accent that lacks differs. */
export function splitByMatch(name: string, sought: string): readonly NamePart[] {
  const words = wordsOf(sought)
  const parts: NamePart[] = []
  for (const text of name.split(/(\s+)/).filter((each) => each !== '')) {
    if (/^\s+$/.test(text) || words.length === 0) add(parts, text, false)
    else {
      const kept = words.map((word) => keepCommon([...text], [...word])).toSorted((a, b) => b.count - a.count)[0]
      const isFar = kept === undefined || kept.count * 2 < [...text].length
      for (const [at, letter] of [...text].entries()) add(parts, letter, isFar || kept.common[at] !== true)
    }
  }
  return parts
}

function add(parts: NamePart[], text: string, differs: boolean): void {
  const last = parts.at(-1)
  if (last?.differs === differs) parts[parts.length - 1] = { text: last.text + text, differs }
  else parts.push({ text, differs })
}

/** Finds which letters of a word are, in this order, in another one too (longest common subsequence). */
function keepCommon(letters: readonly string[], others: readonly string[]) {
  const [left, right] = [letters, others].map((each) => each.map(fold)) as [string[], string[]]
  const lengths = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0))
  const at = (row: number, column: number): number => lengths[row]?.[column] ?? 0
  for (let row = left.length - 1; row >= 0; row--) {
    for (let column = right.length - 1; column >= 0; column--) {
      const best =
        left[row] === right[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1))
      lengths[row]?.splice(column, 1, best)
    }
  }
  const common = left.map(() => false)
  for (let row = 0, column = 0; row < left.length && column < right.length; ) {
    if (left[row] === right[column]) {
      common[row] = letters[row]?.toLowerCase() === others[column]?.toLowerCase()
      row++
      column++
    } else if (at(row + 1, column) >= at(row, column + 1)) row++
    else column++
  }
  return { common, count: at(0, 0) }
}

function hasSameWords(name: string, sought: string): boolean {
  const words = wordsOf(name).map(fold)
  return wordsOf(sought).every((word) => words.includes(fold(word)))
}

/** The words of a name. */
export const wordsOf = (name: string): readonly string[] => name.split(/[\s,;-]+/).filter((word) => word !== '')

/** A text without accents, in small letters. */
export const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
