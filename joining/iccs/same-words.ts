/** Words that penal codes and registers use for one thing. Labels and terms are compared with the first word in place of the others. */
import { foldText, isTelling, stemWord } from './fold-words.ts'
import { LEXICON } from './lexicon.ts'

const PHRASES = LEXICON.phrases.map(([phrase, word]) => [new RegExp(phrase, 'gu'), word] as const)

const SAME = new Map(
  LEXICON.sameWords.flatMap((group) => {
    const [first = '', ...others] = group.split(' ').map((word) => stemWord(foldText(word)))
    return others.map((other) => [other, first] as const)
  }),
)

/** Returns the stem that a folded word is compared by: that of the first word of its group. */
export function comparedStem(word: string): string {
  const stem = stemWord(word)
  return SAME.get(stem) ?? stem
}

/** Returns the stems that a text is compared by, each with its first word in the text, without words that say nothing. */
export function wordsByStem(text: string): ReadonlyMap<string, string> {
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
