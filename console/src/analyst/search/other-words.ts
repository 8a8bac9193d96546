import offenceWords from './offence-words.json' with { type: 'json' }

/**
 * Words of the region for which the ICCS has others in its Spanish titles, without accents. The built-in table of the demo says «lavado», and the UN's edition
 * says «blanqueo».
 */
const OTHER_WORDS: Readonly<Record<string, string>> = offenceWords.other

/** Finds a word under which the classification may have what somebody looked for in vain. Null if there is none. */
export function findOtherWord(words: string): string | null {
  const plain = words.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  const known = plain.split(/[^\p{L}]+/u).find((word) => Object.hasOwn(OTHER_WORDS, word))
  return known === undefined ? null : (OTHER_WORDS[known] ?? null)
}
