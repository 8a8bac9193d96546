import { type Grade, GRADES } from './alike-words.ts'
import type { SearchedWord, Wording } from './searched-name.ts'

/**
 * What a searched name and a recorded one say of each other, from their words alone: the table of names (search.ts). The words are
 * matched first; what is left over on both sides decides whether the names contradict each other.
 */

/** The role of a word of a recorded name: given name, surname, a surname that may be the husband's, nickname, given name or surname. */
export type Role = 'g' | 's' | 'm' | 'n' | 'x'

/** A searched word that a recorded word agrees with. */
export interface Agreement {
  /** The place of the searched word in its wording. */
  readonly place: number
  readonly grade: Grade
}

/** A word of a recorded name. */
export interface RecordedPart {
  readonly role: Role
  /** By the index of the wording. */
  readonly agreements: readonly (readonly Agreement[])[]
  /** Whether it is a first name that people often leave out before a second one: María, José. */
  readonly isLeader: boolean
}

/** How a recorded name answers a searched one: `THIN`, a frequent name by itself, is too little without a date of birth. */
export interface NameMatch {
  readonly verdict: 'AGREES' | 'ALIKE' | 'NEAR' | 'THIN'
  /** 0 to 1000, the best 1000. */
  readonly score: number
}

/** What each grade takes from the score. */
const GRADE_COST: Readonly<Record<Grade, number>> = {
  SAME: 0,
  ABBREVIATED: 10,
  JOINED: 15,
  SOUND: 60,
  SHORT_FORM: 120,
  INITIAL: 140,
  SLIP: 160,
}
const SCORE = { full: 1000, searchedWordLeft: 40, recordedWordLeft: 30, optionalLeft: 10, anchor: 150, order: 20 } as const
// The faults that a name may have together (search.ts).
const MOST_FAULTS = 2

/** Compares a recorded name with each wording of the searched one. Returns the best match, or null. */
export function matchName(parts: readonly RecordedPart[], wordings: readonly Wording[]): NameMatch | null {
  let best: NameMatch | null = null
  for (const [index, wording] of wordings.entries()) {
    for (const reading of readingsOf(parts)) {
      best = better(best, matchWording(reading, wording, index))
    }
  }
  return best
}

function readingsOf(parts: readonly RecordedPart[]): readonly (readonly RecordedPart[])[] {
  if (parts.filter(({ role }) => role !== 'n').length < 2 || !parts.some(({ role }) => role === 'x')) return [parts]
  return (['g', 's'] as const).map((role) => parts.map((part) => (part.role === 'x' ? { ...part, role } : part)))
}

const VERDICTS = ['AGREES', 'ALIKE', 'NEAR', 'THIN'] as const

function better(a: NameMatch | null, b: NameMatch | null): NameMatch | null {
  if (a === null || b === null) return a ?? b
  return VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) || b.score - a.score ? pickBetter(a, b) : a
}

function pickBetter(a: NameMatch, b: NameMatch): NameMatch {
  const order = VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict) || b.score - a.score
  return order <= 0 ? a : b
}

/** A pair of a searched and a recorded word. */
interface Pair {
  readonly place: number
  readonly part: number
  readonly grade: Grade
}

function matchWording(parts: readonly RecordedPart[], wording: Wording, index: number): NameMatch | null {
  const words = wording.filter(({ use }) => use !== 'NICKNAME')
  const named = parts.filter(({ role }) => role !== 'n')
  if (named.length < 2 || words.length < 2) return matchSingle(parts, wording, index)
  const pairs = pairWords(parts, wording, index)
  return judgePairs({ parts, wording, pairs, ...possibleSides(parts, wording, pairs) })
}

// The surest pairs first, then in the order of the searched and of the recorded words. Each word is in one pair.
function pairWords(parts: readonly RecordedPart[], wording: Wording, index: number): readonly Pair[] {
  const all = parts.flatMap((part, i) =>
    (part.agreements[index] ?? [])
      .filter(({ place, grade }) => mayPair(part, wording[place] as SearchedWord, grade))
      .map(({ place, grade }): Pair => ({ place, part: i, grade })),
  )
  all.sort(
    (a, b) => GRADES.indexOf(a.grade) - GRADES.indexOf(b.grade) || a.place - b.place || a.part - b.part,
  )
  const [places, taken] = [new Set<number>(), new Set<number>()]
  return all.filter(({ place, part }) => {
    if (places.has(place) || taken.has(part)) return false
    places.add(place)
    taken.add(part)
    return true
  })
}

function mayPair({ role }: RecordedPart, word: SearchedWord, grade: Grade): boolean {
  const isGiven = role === 'g' || role === 'n'
  if (grade === 'SHORT_FORM' && !isGiven) return false
  return word.side === null || word.side === (isGiven ? 'GIVEN' : 'SURNAME')
}

function sideOf(role: Role): 'GIVEN' | 'SURNAME' {
  return role === 'g' || role === 'n' ? 'GIVEN' : 'SURNAME'
}

/** What each searched word may be, by its place. */
interface Sides {
  readonly sides: readonly ReadonlySet<'GIVEN' | 'SURNAME'>[]
  /** Whether given names and surnames stand mixed. */
  readonly isMixed: boolean
}

// A name has its given names first, or its surnames. Each place where the one may end and the other begin, and that agrees with the words that
// are paired, says what the other words may be; the lists of names say more.
function possibleSides(parts: readonly RecordedPart[], wording: Wording, pairs: readonly Pair[]): Sides {
  const plain = wording.map((_, i) => i).filter((i) => wording[i]?.use !== 'NICKNAME')
  const paired = new Map(pairs.map(({ place, part }) => [place, sideOf(parts[part]?.role ?? 'g')]))
  const found = wording.map(() => new Set<'GIVEN' | 'SURNAME'>())
  for (const first of ['GIVEN', 'SURNAME'] as const) {
    const second = first === 'GIVEN' ? 'SURNAME' : 'GIVEN'
    for (let split = 0; split <= plain.length; split++) {
      const sideAt = (i: number): 'GIVEN' | 'SURNAME' => (plain.indexOf(i) < split ? first : second)
      if (!plain.every((i) => (paired.get(i) ?? wording[i]?.side ?? sideAt(i)) === sideAt(i))) continue
      for (const i of plain) found[i]?.add(sideAt(i))
    }
  }
  const isMixed = plain.some((i) => found[i]?.size === 0)
  const sides = wording.map(({ kind, side, isInitial }, i) => {
    const possible = isMixed ? new Set(['GIVEN', 'SURNAME'] as const) : (found[i] ?? new Set())
    if (side !== null) return new Set([side])
    const only = kind === 'GIVEN' || kind === 'SURNAME' ? kind : isInitial ? 'GIVEN' : null
    return only !== null && possible.has(only) ? new Set([only]) : possible
  })
  return { sides, isMixed }
}

interface Paired extends Sides {
  readonly parts: readonly RecordedPart[]
  readonly wording: Wording
  readonly pairs: readonly Pair[]
}

function judgePairs(paired: Paired): NameMatch | null {
  const { parts, wording, pairs, sides, isMixed } = paired
  const given = pairs.filter(({ part }) => sideOf(parts[part]?.role ?? 'g') === 'GIVEN')
  const family = pairs.filter(({ part }) => sideOf(parts[part]?.role ?? 'g') === 'SURNAME')
  if (!family.some(({ grade }) => grade !== 'INITIAL')) return null
  if (given.length === 0 && family.length < 2) return null

  const left = wording.map((_, i) => i).filter((i) => !pairs.some(({ place }) => place === i))
  const isOptional = (i: number): boolean =>
    wording[i]?.use === 'NICKNAME' || (wording[i]?.use === 'MARRIED' && sides[i]?.has('SURNAME') === true)
  const searchedLeft = left.filter((i) => !isOptional(i))
  const unpaired = parts.filter((_, i) => !pairs.some(({ part }) => part === i))
  const recordedLeft = unpaired.filter(({ role }) => role === 'g' || role === 's')
  if (searchedLeft.some((i) => recordedLeft.some(({ role }) => sides[i]?.has(sideOf(role))))) return null
  const isWifeOf = family.some(({ place, part }) => wording[place]?.use === 'MARRIED' && parts[part]?.role === 's')
  if (isWifeOf && searchedLeft.some((i) => wording[i]?.use === 'PLAIN' && sides[i]?.has('SURNAME'))) return null
  if (given.length === 0 && searchedLeft.some((i) => sides[i]?.has('GIVEN'))) return null

  const slips = pairs.filter(({ grade }) => grade === 'SLIP').length
  if (slips > 1) return null
  const onlySide = (i: number, side: 'GIVEN' | 'SURNAME'): boolean => sides[i]?.size === 1 && sides[i].has(side)
  const lacksFirst = (side: 'GIVEN' | 'SURNAME', role: Role, own: readonly Pair[]): boolean => {
    const firstPart = parts.findIndex((part) => part.role === role)
    const firstPlace = Math.min(...own.map(({ place }) => place))
    return (
      (firstPart >= 0 && !own.some(({ part }) => part === firstPart)) ||
      searchedLeft.some((i) => i < firstPlace && onlySide(i, side))
    )
  }
  const lacksGiven = lacksFirst('GIVEN', 'g', given)
  const lacksFamily = lacksFirst('SURNAME', 's', family)
  const swapsGiven = isSwapped(given.filter(({ part }) => parts[part]?.role === 'g'))
  const swapsFamily = isSwapped(family.filter(({ part }) => parts[part]?.role === 's'))
  const goesBySecond = lacksGiven && parts.some(({ role, isLeader }, i) => role === 'g' && isLeader && !pairs.some(({ part }) => part === i))
  const hasShortForm = pairs.some(({ grade }) => grade === 'SHORT_FORM')
  const hasInitialOnly = given.length > 0 && given.every(({ grade }) => grade === 'INITIAL')
  const leftOnBoth = searchedLeft.length > 0 && recordedLeft.length > 0
  const faults =
    (lacksGiven || swapsGiven ? 2 : 0) +
    (lacksFamily || swapsFamily ? 2 : 0) +
    (leftOnBoth ? 1 : 0) +
    (isMixed ? 1 : 0) +
    slips +
    (hasShortForm && !goesBySecond ? 1 : 0) +
    (hasInitialOnly ? 1 : 0)
  if (faults > MOST_FAULTS) return null

  const cost =
    pairs.reduce((sum, { grade }) => sum + GRADE_COST[grade], 0) +
    wording.filter(({ isRespelled }) => isRespelled).length * GRADE_COST.JOINED +
    searchedLeft.length * SCORE.searchedWordLeft +
    recordedLeft.length * SCORE.recordedWordLeft +
    (left.length - searchedLeft.length + unpaired.length - recordedLeft.length) * SCORE.optionalLeft +
    (lacksGiven || swapsGiven ? SCORE.anchor : 0) +
    (lacksFamily || swapsFamily ? SCORE.anchor : 0) +
    (isMixed ? SCORE.order : 0)
  const structural = (lacksGiven || swapsGiven ? 1 : 0) + (lacksFamily || swapsFamily ? 1 : 0) + (leftOnBoth ? 1 : 0)
  return { verdict: structural > 0 ? 'NEAR' : verdictOf(pairs), score: Math.max(0, SCORE.full - cost) }
}

function isSwapped(pairs: readonly Pair[]): boolean {
  const byPlace = [...pairs].sort((a, b) => a.place - b.place)
  return byPlace.some(({ part }, i) => i > 0 && part < (byPlace[i - 1]?.part ?? 0))
}

function verdictOf(pairs: readonly Pair[]): NameMatch['verdict'] {
  const grades = pairs.map(({ grade }) => grade)
  if (grades.includes('SLIP') || grades.includes('INITIAL')) return 'NEAR'
  return grades.includes('SOUND') || grades.includes('SHORT_FORM') ? 'ALIKE' : 'AGREES'
}

// One word, searched or recorded, says little: it must be the same or sound the same.
function matchSingle(parts: readonly RecordedPart[], wording: Wording, index: number): NameMatch | null {
  const places = wording.map((_, i) => i).filter((i) => wording[i]?.use !== 'NICKNAME')
  const [place, ...more] = places.length > 0 ? places : wording.map((_, i) => i)
  if (place === undefined || more.length > 0) return null
  const word = wording[place] as SearchedWord
  if (word.isInitial) return null
  const sure = parts.flatMap(({ agreements, role }) =>
    (agreements[index] ?? [])
      .filter((one) => one.place === place && (one.grade === 'SAME' || one.grade === 'SOUND' || one.grade === 'JOINED'))
      .map(({ grade }) => ({ grade, role })),
  )
  const [first] = sure.sort((a, b) => GRADES.indexOf(a.grade) - GRADES.indexOf(b.grade))
  if (first === undefined) return null
  const others = parts.length - 1
  const cost = GRADE_COST[first.grade] + others * SCORE.recordedWordLeft + (word.isRespelled ? GRADE_COST.JOINED : 0)
  const score = Math.max(0, SCORE.full - cost - (others > 0 ? SCORE.anchor : 0))
  if (others === 0) return { verdict: first.grade === 'SOUND' ? 'ALIKE' : 'AGREES', score }
  return { verdict: word.kind === null ? 'NEAR' : 'THIN', score }
}
