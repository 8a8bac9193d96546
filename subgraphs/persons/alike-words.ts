import { ABBREVIATIONS, GIVEN_NAMES, SHORT_FORMS, SURNAMES } from './name-lexicon.ts'

/** Whether a searched word and a recorded word are the same name, and how surely. */

/** How two words agree, the surest first. `JOINED`: written as one word here and as two there. `SLIP`: one typing error apart. */
export const GRADES = ['SAME', 'ABBREVIATED', 'JOINED', 'SOUND', 'SHORT_FORM', 'INITIAL', 'SLIP'] as const
/** A grade of {@link GRADES}. */
export type Grade = (typeof GRADES)[number]

/** What a word may be: a given name, a surname, or either. */
export type Kind = 'GIVEN' | 'SURNAME' | 'EITHER'

const GIVEN = new Set(GIVEN_NAMES)
const FAMILY = new Set(SURNAMES)
const GROUPS_OF = groupShortForms()
const FULL_WORD = new Map(Object.entries(ABBREVIATIONS))
const ABBREVIATIONS_OF = Map.groupBy(FULL_WORD.keys(), (short) => FULL_WORD.get(short))

function groupShortForms(): ReadonlyMap<string, readonly (readonly string[])[]> {
  const groups = Object.entries(SHORT_FORMS).map(([name, forms]) => [name, ...forms])
  const words = new Set(groups.flat())
  return new Map([...words].map((word) => [word, groups.filter((group) => group.includes(word))]))
}

/** Returns what the lists of names know a folded word as; null if they do not know it. */
export function kindOf(word: string): Kind | null {
  const isGiven = GIVEN.has(word)
  if (isGiven || FAMILY.has(word)) return isGiven && FAMILY.has(word) ? 'EITHER' : isGiven ? 'GIVEN' : 'SURNAME'
  const full = FULL_WORD.get(word)
  if (full !== undefined) return kindOf(full)
  return GROUPS_OF.has(word) ? 'GIVEN' : null
}

/** Whether the lists have this word as a name that is written out. */
export function isListed(word: string): boolean {
  return GIVEN.has(word) || FAMILY.has(word)
}

/** Another word under which a name may be recorded. */
export interface OtherWord {
  readonly word: string
  readonly grade: Grade
}

/** Returns the other words for a name: what it abbreviates, its short forms, and its first letter. */
export function otherWords(word: string): readonly OtherWord[] {
  const others = new Map<string, Grade>()
  const add = (other: string, grade: Grade): void => {
    if (other !== word && !others.has(other)) others.set(other, grade)
  }
  const full = FULL_WORD.get(word)
  if (full !== undefined) add(full, 'ABBREVIATED')
  for (const short of ABBREVIATIONS_OF.get(word) ?? []) add(short, 'ABBREVIATED')
  for (const form of (GROUPS_OF.get(word) ?? []).flat()) add(form, 'SHORT_FORM')
  for (const form of [...diminutivesOf(word), ...namesOfDiminutive(word)]) add(form, 'SHORT_FORM')
  add(word.slice(0, 1), 'INITIAL')
  return [...others].map(([other, grade]) => ({ word: other, grade }))
}

// `miguel`: `miguelito`; `rosa`: `rosita`; `carmen`: `carmencita`.
function diminutivesOf(word: string): readonly string[] {
  if (!GIVEN.has(word)) return []
  if (/[ao]$/.test(word)) return [`${word.slice(0, -1)}it${word.slice(-1)}`]
  return ['ito', 'ita', 'cito', 'cita'].map((ending) => word + ending)
}

function namesOfDiminutive(word: string): readonly string[] {
  const stem = /^(.{3,}?)c?it([ao])$/.exec(word)
  if (!stem) return []
  const [, start = '', vowel = ''] = stem
  return [start + vowel, start].filter((name) => GIVEN.has(name)).slice(0, 1)
}

/** A word with its sound (persons.name_sound). */
export interface SoundedWord {
  readonly word: string
  readonly sound: string
}

/**
 * Whether a searched word is a recorded one with one typing error in its letters or in its sound: a letter more, less or wrong, or two
 * neighbours swapped. Two names of the lists are two names, unless they are spellings of one (`Nelly`, `Nely`; `Yaneth`, `Janeth`; `Xiomara`,
 * `Siomara`), and so are words that differ in the vowel of the sex (`silvio`, `silvia`).
 */
export function isSlip(a: SoundedWord, b: SoundedWord): boolean {
  if (areSpellings(a, b)) return true
  if (isListed(a.word) && isListed(b.word)) return false
  const longer = Math.max(a.word.length, b.word.length)
  if (longer < 4 || (longer === 4 && !isListed(a.word) && !isListed(b.word))) return false
  if (longer === 4 && a.word.length === b.word.length && !areSwapped(a.word, b.word)) return false
  if (differInSex(a.word, b.word) || differInSex(a.sound, b.sound)) return false
  return isOneEdit(a.word, b.word) || (Math.min(a.sound.length, b.sound.length) > 3 && isOneEdit(a.sound, b.sound))
}

function areSpellings(a: SoundedWord, b: SoundedWord): boolean {
  const undouble = (word: string): string => word.replace(/(.)\1+/g, '$1')
  if (Math.min(a.word.length, b.word.length) < 4) return false
  if (undouble(a.word) === undouble(b.word)) return true
  if (a.sound.slice(1) !== b.sound.slice(1)) return false
  const starts = [a, b].map(({ word, sound }) => (word.startsWith('x') ? 'x' : sound.slice(0, 1)))
  return ['jy', 'sx'].includes(starts.sort().join(''))
}

function differInSex(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  const isVowel = (letter: string): boolean => /^[aoe]$/.test(letter)
  if (long.length === short.length + 1) return long.startsWith(short) && /[ao]$/.test(long)
  return (
    long.length === short.length &&
    long.slice(0, -1) === short.slice(0, -1) &&
    isVowel(a.slice(-1)) &&
    isVowel(b.slice(-1))
  )
}

function areSwapped(a: string, b: string): boolean {
  return [...a].sort().join('') === [...b].sort().join('')
}

function isOneEdit(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  if (long.length - short.length > 1) return false
  let start = 0
  while (start < short.length && short[start] === long[start]) start++
  let end = 0
  while (end < short.length - start && short.at(-1 - end) === long.at(-1 - end)) end++
  const rest = long.length - start - end
  if (rest <= 1) return true
  return (
    rest === 2 && short.length === long.length && short[start] === long[start + 1] && short[start + 1] === long[start]
  )
}
