import type { SearchedWord, Wording } from './searched-name.ts'

/**
 * The keys under which the database finds the recorded names that may match (persons.name_keys, migration 004). They find more names than
 * match-names.ts takes, but never fewer.
 */

/** A sound under which a searched word may be recorded. */
export interface RecordedSound {
  readonly sound: string
  /** Whether it is a typing error apart, or a short form's. A name has at most one of these. */
  readonly isUnsure: boolean
}

/** Returns the sounds under which a searched word is recorded. */
export type SoundsOf = (word: SearchedWord) => readonly RecordedSound[]

/** What makes the keys of one search. */
export interface KeySource {
  readonly wordings: readonly Wording[]
  readonly soundsOf: SoundsOf
}

/** The keys of a search, each once. */
export interface SearchKeys {
  readonly keys: readonly string[]
  /** Keys of the names whose first given name and first surname are searched for, or whose only word is: others do not agree. */
  readonly firstKeys: readonly string[]
  /** Keys of a frequent name by itself: it needs the same date of birth too, or the identifier. */
  readonly bornKeys: readonly string[]
  /**
   * Keys of the names that answer best: those whose first given name and first surname are searched for, and that have at most one word
   * more. Null if such names need not be the best.
   */
  readonly bestKeys: readonly string[] | null
}

/** Makes the keys of a search. */
export function searchKeys({ wordings, soundsOf }: KeySource): SearchKeys {
  const keys = new Set<string>()
  const bornKeys = new Set<string>()
  const firstKeys = new Set<string>()
  for (const wording of wordings) {
    const { words, initials } = wordsOf(wording)
    const sounds = new Map(words.map((word) => [word, soundsOf(word)]))
    for (const key of wordingKeys({ words, initials, sounds })) keys.add(key)
    for (const key of namesFirst(words.map(soundsOf))) firstKeys.add(key)
    const [only] = words
    if (words.length !== 1 || initials.length > 0 || !only || only.kind === null) continue
    for (const { sound, isUnsure } of soundsOf(only)) if (!isUnsure) bornKeys.add(`.${sound}`)
  }
  return {
    keys: [...keys],
    firstKeys: [...firstKeys],
    bornKeys: [...bornKeys],
    bestKeys: bestKeys({ wordings, soundsOf }),
  }
}

function* namesFirst(words: readonly (readonly RecordedSound[])[]): Generator<string> {
  const sounds = words.map((list) => list.filter(({ isUnsure }) => !isUnsure).map(({ sound }) => sound))
  for (const [i, list] of sounds.entries()) {
    for (const a of list) {
      if (sounds.length === 1) yield `=${a}`
      for (const b of sounds.toSpliced(i, 1).flat()) yield `!${a} ${b}`
    }
  }
}

function wordsOf(wording: Wording): { readonly words: Wording; readonly initials: Wording } {
  const named = wording.filter(({ use }) => use !== 'NICKNAME')
  const used = named.length > 0 ? named : wording
  return { words: used.filter(({ isInitial }) => !isInitial), initials: used.filter(({ isInitial }) => isInitial) }
}

function bestKeys({ wordings, soundsOf }: KeySource): readonly string[] | null {
  const [wording, ...others] = wordings
  if (!wording || others.length > 0 || wording.length !== 2) return null
  const { words, initials } = wordsOf(wording)
  const [a, b] = words.map((word) => soundsOf(word).filter(({ isUnsure }) => !isUnsure))
  if (a && initials[0]) {
    const [{ word: letter }] = initials as [SearchedWord]
    return a.flatMap(({ sound }) => [`2*${letter} ${sound}`, `3*${letter} ${sound}`])
  }
  if (!a || !b) return null
  const pairs = [...combine([a, b]), ...combine([b, a])]
  return pairs.flatMap(([x, y]) => [`2!${x} ${y}`, `3!${x} ${y}`])
}

interface WordingKeys {
  readonly words: Wording
  readonly initials: Wording
  readonly sounds: ReadonlyMap<SearchedWord, readonly RecordedSound[]>
}

function* wordingKeys({ words, initials, sounds }: WordingKeys): Generator<string> {
  const soundsAt = (word: SearchedWord): readonly RecordedSound[] => sounds.get(word) ?? []
  // Married names may be missing, so one or two of the other words may be all that the record has.
  const areMarried = (others: Wording): boolean => others.every(({ use }) => use === 'MARRIED')
  for (const [i, a] of words.entries()) {
    const others = words.toSpliced(i, 1)
    if (others.length === 0 || initials.length > 0) {
      yield* oneWordKeys(a, soundsAt(a), { initials, isAll: areMarried(others) })
    }
    for (const [k, b] of others.entries()) {
      // An initial may be the given name, so that another given name of the search is left over.
      if (k < i || (initials.length === 0 && !areMarried(others.toSpliced(k, 1)))) continue
      for (const each of combine([soundsAt(a), soundsAt(b)])) yield each.toSorted(byBytes).join(' ')
    }
  }
  if (words.length < 3) return
  for (const [i, a] of words.entries()) {
    for (const [j, b] of words.entries()) {
      if (i !== j) for (const [x, y] of combine([soundsAt(a), soundsAt(b)])) yield `!${x} ${y}`
      if (j <= i) continue
      for (const c of words.slice(j + 1)) {
        for (const each of combine([soundsAt(a), soundsAt(b), soundsAt(c)])) yield each.toSorted(byBytes).join(' ')
      }
    }
  }
}

interface OneWord {
  readonly initials: Wording
  /** Whether the word and the initials may be all that the record has of the search, and the record may have more. */
  readonly isAll: boolean
}

function* oneWordKeys(
  word: SearchedWord,
  sounds: readonly RecordedSound[],
  { initials, isAll }: OneWord,
): Generator<string> {
  const letters = initials.map((initial) => initial.word)
  for (const { sound, isUnsure } of sounds) {
    if (letters.length > 0) {
      const start = letters.length === 1 && isAll ? '*' : '2*'
      for (const letter of letters) {
        yield `${start}${letter} ${sound}`
        // The record may have the initial as it is, and as a surname.
        yield [letterSound(letter), sound].sort(byBytes).join(' ')
      }
      for (const [i, a] of letters.entries()) {
        for (const b of letters.slice(i + 1)) yield `*${[a, b].sort(byBytes).join('')} ${sound}`
      }
    } else if (!isUnsure) {
      yield `=${sound}`
      if (word.kind === null) yield `.${sound}`
    }
  }
}

// What persons.name_sound makes of a word of one letter.
const LETTER_SOUNDS: Readonly<Record<string, string>> = { c: 'k', q: 'k', v: 'b', w: 'b', x: 'j', y: 'i', z: 's' }

function letterSound(letter: string): string {
  return LETTER_SOUNDS[letter] ?? letter
}

// Sounds are in small letters without accents, for which this is the order of their bytes.
function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Returns each choice of one sound per word, with at most one that is unsure. */
function combine(lists: readonly (readonly RecordedSound[])[]): readonly (readonly string[])[] {
  let found: { readonly sounds: readonly string[]; readonly unsure: number }[] = [{ sounds: [], unsure: 0 }]
  for (const list of lists) {
    found = found.flatMap(({ sounds, unsure }) =>
      list
        .filter(({ isUnsure }) => !isUnsure || unsure === 0)
        .map(({ sound, isUnsure }) => ({ sounds: [...sounds, sound], unsure: unsure + (isUnsure ? 1 : 0) })),
    )
  }
  return found.map(({ sounds }) => sounds)
}
