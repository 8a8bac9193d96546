import type { SearchedWord, Wording } from './searched-name.ts'

/**
 * The keys under which the database finds the recorded names that may match (persons.name_keys, migration 004). They find more names than
 * match-names.ts takes, but never fewer.
 */

/** A sound under which a searched word may be recorded. */
export interface RecordedSound {
  readonly sound: string
  /** Whether it is a typing error apart. A name has at most one. */
  readonly isSlip: boolean
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
  /** Keys of a frequent name by itself: it needs the same date of birth too. */
  readonly bornKeys: readonly string[]
}

/** Makes the keys of a search. */
export function searchKeys({ wordings, soundsOf }: KeySource): SearchKeys {
  const keys = new Set<string>()
  const bornKeys = new Set<string>()
  for (const wording of wordings) {
    const words = wording.filter(({ use, isInitial }) => use !== 'NICKNAME' && !isInitial)
    const initials = wording.filter(({ use, isInitial }) => use !== 'NICKNAME' && isInitial)
    const named = words.length + initials.length > 0 ? words : wording.filter(({ isInitial }) => !isInitial)
    const sounds = new Map(named.map((word) => [word, soundsOf(word)]))
    for (const key of wordingKeys({ words: named, initials, sounds })) keys.add(key)
    const [only] = named
    if (named.length !== 1 || initials.length > 0 || !only || only.kind === null) continue
    for (const { sound, isSlip } of soundsOf(only)) if (!isSlip) bornKeys.add(`.${sound}`)
  }
  return { keys: [...keys], bornKeys: [...bornKeys] }
}

interface WordingKeys {
  readonly words: readonly SearchedWord[]
  readonly initials: readonly SearchedWord[]
  readonly sounds: ReadonlyMap<SearchedWord, readonly RecordedSound[]>
}

function* wordingKeys({ words, initials, sounds }: WordingKeys): Generator<string> {
  const soundsAt = (word: SearchedWord): readonly RecordedSound[] => sounds.get(word) ?? []
  const [first] = words
  if (words.length === 1 && first) {
    for (const { sound, isSlip } of soundsAt(first)) {
      for (const initial of initials) yield `*${initial.word} ${sound}`
      if (initials.length > 0 || isSlip) continue
      yield `=${sound}`
      if (first.kind === null) yield `.${sound}`
    }
    return
  }
  const own = words.filter(({ use }) => use !== 'MARRIED')
  const pairs = words.length === 2 ? [words] : own.length === 2 ? [own] : []
  for (const pair of pairs) for (const each of combine(pair.map(soundsAt))) yield each.toSorted(byBytes).join(' ')
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

// Sounds are in small letters without accents, for which this is the order of their bytes.
function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Returns each choice of one sound per word, with at most one typing error. */
function combine(lists: readonly (readonly RecordedSound[])[]): readonly (readonly string[])[] {
  let found: { readonly sounds: readonly string[]; readonly slips: number }[] = [{ sounds: [], slips: 0 }]
  for (const list of lists) {
    found = found.flatMap(({ sounds, slips }) =>
      list
        .filter(({ isSlip }) => !isSlip || slips === 0)
        .map(({ sound, isSlip }) => ({ sounds: [...sounds, sound], slips: slips + (isSlip ? 1 : 0) })),
    )
  }
  return found.map(({ sounds }) => sounds)
}
