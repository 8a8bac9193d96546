import { type Kind, kindOf } from './alike-words.ts'

/** A searched name in its words, and the other ways in which these words may be written: run together, or apart. */

/** A word of a searched name. */
export interface SearchedWord {
  readonly word: string
  /** `PLAIN`; `MARRIED` after «de» or «viuda de»; `NICKNAME` in quotation marks, in parentheses or after «alias». */
  readonly use: 'PLAIN' | 'MARRIED' | 'NICKNAME'
  /** What the lists of names know it as. */
  readonly kind: Kind | null
  /** Whether it is one letter. */
  readonly isInitial: boolean
  /** `SURNAME` before a comma, `GIVEN` after it. */
  readonly side: 'GIVEN' | 'SURNAME' | null
  /** Whether a particle stands before it, so that it may be recorded as one word with it: `deleon`. */
  readonly hasParticle: boolean
  /** Whether it is made of two words, or is a part of one. */
  readonly isRespelled: boolean
}

/** The words of a name in order. */
export type Wording = readonly SearchedWord[]

/** The particles that are written together with a surname, longest first. */
export const JOINED_PARTICLES: readonly string[] = ['delos', 'delas', 'dela', 'del', 'de']

// More would make a search slow, and real names have one or two.
const MAX_OTHER_WORDINGS = 6

/** Reads the words that `persons.name_tokens` found. The first wording is the name as it was written. */
export function readWordings(tokens: readonly string[]): readonly Wording[] {
  const written = readWords(tokens)
  return [written, ...[...joinedWordings(written), ...splitWordings(written)].slice(0, MAX_OTHER_WORDINGS)]
}

function readWords(tokens: readonly string[]): Wording {
  // A nickname behind a comma is not a given name.
  const comma = tokens.findIndex((token, i) => token === ',' && tokens.slice(i).some((other) => /^[wdp]/.test(other)))
  return tokens.flatMap((token, i): SearchedWord[] => {
    if (token === ',') return []
    const [flag, word] = [token.slice(0, 1), token.slice(1)]
    const use = flag === 'n' ? 'NICKNAME' : flag === 'd' ? 'MARRIED' : 'PLAIN'
    const side = comma < 0 ? null : i < comma ? 'SURNAME' : 'GIVEN'
    return [
      { ...plainWord(word), use, side: use === 'NICKNAME' ? null : side, hasParticle: flag === 'd' || flag === 'p' },
    ]
  })
}

function plainWord(word: string): SearchedWord {
  return {
    word,
    use: 'PLAIN',
    kind: kindOf(word),
    isInitial: word.length === 1,
    side: null,
    hasParticle: false,
    isRespelled: false,
  }
}

// «María José» as `mariajose`, «Mari Sol» as `marisol`, «San Martín» as `sanmartin`.
function joinedWordings(written: Wording): readonly Wording[] {
  return written.slice(1).flatMap((second, i): Wording[] => {
    const first = written[i] as SearchedWord
    if (first.isInitial || second.isInitial || first.use !== 'PLAIN' || second.use !== 'PLAIN') return []
    const joined = first.word + second.word
    const areGiven =
      first.kind !== null && first.kind !== 'SURNAME' && second.kind !== null && second.kind !== 'SURNAME'
    if (!areGiven && kindOf(joined) === null && !/^(san|santa)$/.test(first.word)) return []
    const one = { ...plainWord(joined), kind: kindOf(joined) ?? first.kind, side: first.side, isRespelled: true }
    return [[...written.slice(0, i), one, ...written.slice(i + 2)]]
  })
}

// `juancarlos` as «Juan Carlos», `deleon` as «de León», `sanmartin` as «San Martín».
function splitWordings(written: Wording): readonly Wording[] {
  return written.flatMap((word, i): Wording[] => {
    if (word.use === 'NICKNAME' || word.kind !== null) return []
    return splitsOf(word.word).map((parts) => [
      ...written.slice(0, i),
      ...parts.map((part) => ({ ...plainWord(part), side: word.side, isRespelled: true })),
      ...written.slice(i + 1),
    ])
  })
}

function splitsOf(word: string): readonly (readonly string[])[] {
  const splits: string[][] = []
  const particle = JOINED_PARTICLES.find((one) => word.startsWith(one) && kindOf(word.slice(one.length)) !== null)
  if (particle !== undefined) splits.push([word.slice(particle.length)])
  for (let at = 3; at <= word.length - 3; at++) {
    const parts = [word.slice(0, at), word.slice(at)]
    const kinds = parts.map(kindOf)
    const areGiven = kinds.every((kind) => kind === 'GIVEN' || kind === 'EITHER')
    if (areGiven || (/^(san|santa)$/.test(parts[0] ?? '') && kinds[1] !== null)) splits.push(parts)
  }
  return splits
}
