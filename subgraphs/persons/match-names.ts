import { GRADES, type Grade } from './alike-words.ts'
import type { SearchedWord, Wording } from './searched-name.ts'

/**
 * What a searched name and a recorded one say of each other, from their words only: the table of names (search.ts). The words are
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
export const GRADE_COST: Readonly<Record<Grade, number>> = {
  SAME: 0,
  ABBREVIATED: 10,
  JOINED: 15,
  SOUND: 60,
  SHORT_FORM: 120,
  INITIAL: 140,
  SLIP: 160,
}
/** What the score begins with, and what else takes from it. */
export const SCORE = {
  full: 1000,
  searchedWordLeft: 40,
  recordedWordLeft: 30,
  optionalLeft: 10,
  anchor: 150,
  order: 20,
} as const
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
  all.sort((a, b) => GRADES.indexOf(a.grade) - GRADES.indexOf(b.grade) || a.place - b.place || a.part - b.part)
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
  if (word.use === 'NICKNAME' && role !== 'n') return false
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
  const { parts, wording, pairs } = paired
  const given = pairs.filter(({ part }) => sideOf(parts[part]?.role ?? 'g') === 'GIVEN')
  const family = pairs.filter(({ part }) => sideOf(parts[part]?.role ?? 'g') === 'SURNAME')
  if (!family.some(({ grade }) => grade !== 'INITIAL')) return null
  if (given.length === 0 && family.length < 2) return null
  const left = leftOver(paired)
  if (doContradict(paired, left, family)) return null
  if (given.length === 0 && left.searched.some((i) => paired.sides[i]?.has('GIVEN'))) return null

  const faults = findFaults(paired, left, { given, family })
  const slips = pairs.filter(({ grade }) => grade === 'SLIP').length
  const unsure = slips + pairs.filter(({ grade }) => grade === 'SHORT_FORM').length
  if (unsure > 1 || countFaults(paired, faults, { given, slips }) > MOST_FAULTS) return null
  const cost =
    pairs.reduce((sum, { grade }) => sum + GRADE_COST[grade], 0) +
    wording.filter(({ isRespelled }) => isRespelled).length * GRADE_COST.JOINED +
    left.searched.length * SCORE.searchedWordLeft +
    left.recorded.length * SCORE.recordedWordLeft +
    left.optional * SCORE.optionalLeft +
    (faults.given ? SCORE.anchor : 0) +
    (faults.family ? SCORE.anchor : 0) +
    (paired.isMixed ? SCORE.order : 0)
  const hasFault = faults.given || faults.family || faults.leftOnBoth
  return { verdict: hasFault ? 'NEAR' : verdictOf(pairs), score: Math.max(0, SCORE.full - cost) }
}

/** The words that are in no pair. */
interface LeftOver {
  /** Places of searched words that the other name should have. */
  readonly searched: readonly number[]
  /** Recorded words that the other name should have. */
  readonly recorded: readonly RecordedPart[]
  /** How many may be left over: nicknames, and husbands' names. */
  readonly optional: number
}

function leftOver({ parts, wording, pairs, sides }: Paired): LeftOver {
  const places = wording.map((_, i) => i).filter((i) => !pairs.some(({ place }) => place === i))
  const searched = places.filter((i) => {
    const use = wording[i]?.use
    return use !== 'NICKNAME' && !(use === 'MARRIED' && sides[i]?.has('SURNAME'))
  })
  const unpaired = parts.filter((_, i) => !pairs.some(({ part }) => part === i))
  const recorded = unpaired.filter(({ role }) => role === 'g' || role === 's')
  return { searched, recorded, optional: places.length - searched.length + unpaired.length - recorded.length }
}

// Two words that may have the same role are two names. A woman who has a surname of her own does not have her husband's as her own too.
function doContradict({ parts, wording, sides }: Paired, left: LeftOver, family: readonly Pair[]): boolean {
  if (left.searched.some((i) => left.recorded.some(({ role }) => sides[i]?.has(sideOf(role))))) return true
  const isWife = family.some(({ place, part }) => wording[place]?.use === 'MARRIED' && parts[part]?.role === 's')
  return isWife && left.searched.some((i) => wording[i]?.use === 'PLAIN' && sides[i]?.has('SURNAME'))
}

interface Faults {
  readonly given: boolean
  readonly family: boolean
  readonly leftOnBoth: boolean
  /** Whether the person goes by the name after María or José. */
  readonly goesBySecond: boolean
}

interface PairsBySide {
  readonly given: readonly Pair[]
  readonly family: readonly Pair[]
}

function findFaults(paired: Paired, left: LeftOver, { given, family }: PairsBySide): Faults {
  const { parts } = paired
  const lacksGiven = lacksFirst(paired, left, given, { side: 'GIVEN', role: 'g' })
  const lacksFamily = lacksFirst(paired, left, family, { side: 'SURNAME', role: 's' })
  return {
    given: lacksGiven || isSwapped(given.filter(({ part }) => parts[part]?.role === 'g')),
    family: lacksFamily || isSwapped(family.filter(({ part }) => parts[part]?.role === 's')),
    leftOnBoth: left.searched.length > 0 && left.recorded.length > 0,
    goesBySecond: lacksGiven && left.recorded.some(({ role, isLeader }) => role === 'g' && isLeader),
  }
}

interface RoleOfSide {
  readonly side: 'GIVEN' | 'SURNAME'
  readonly role: Role
}

function lacksFirst(
  { parts, sides }: Paired,
  left: LeftOver,
  own: readonly Pair[],
  { side, role }: RoleOfSide,
): boolean {
  const firstPart = parts.findIndex((part) => part.role === role)
  if (firstPart >= 0 && !own.some(({ part }) => part === firstPart)) return true
  const firstPlace = Math.min(...own.map(({ place }) => place))
  return left.searched.some((i) => i < firstPlace && sides[i]?.size === 1 && sides[i].has(side))
}

interface CountedPairs {
  readonly given: readonly Pair[]
  readonly slips: number
}

function countFaults({ pairs, isMixed }: Paired, faults: Faults, { given, slips }: CountedPairs): number {
  const hasShortForm = pairs.some(({ grade }) => grade === 'SHORT_FORM')
  const hasInitialsOnly = given.length > 0 && given.every(({ grade }) => grade === 'INITIAL')
  return (
    (faults.given ? 2 : 0) +
    (faults.family ? 2 : 0) +
    (faults.leftOnBoth ? 1 : 0) +
    (isMixed ? 1 : 0) +
    slips +
    (hasShortForm && !faults.goesBySecond ? 1 : 0) +
    (hasInitialsOnly ? 2 : 0)
  )
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
