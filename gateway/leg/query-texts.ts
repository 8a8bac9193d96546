import { hash } from 'node:crypto'

/** How many characters of texts are remembered. Twice as many at most are in memory. */
const MAX_CHARACTERS = 4_000_000

/** What does not change in the legs that ask the same text. */
export interface QueryText {
  /** The beginning of the leg's body, as JSON: everything before the variables. */
  readonly opening: string
  /** SHA-256 of the text in UTF-8, in hexadecimal digits. */
  hash(): string
}

/**
 * Creates the memory of what legs make of the texts of their queries. It keeps two generations: when the young one is full, it becomes the old one,
 * and what nobody asked since is forgotten.
 */
export function createQueryTexts(maxCharacters: number = MAX_CHARACTERS): (query: string) => QueryText {
  let young = new Map<string, QueryText>()
  let old = new Map<string, QueryText>()
  let characters = 0
  return (query) => {
    const known = young.get(query)
    if (known !== undefined) return known
    if (query.length > maxCharacters) return new Text(query)
    const text = old.get(query) ?? new Text(query)
    characters += query.length
    if (characters > maxCharacters) {
      old = young
      young = new Map()
      characters = query.length
    }
    young.set(query, text)
    return text
  }
}

class Text implements QueryText {
  readonly opening: string
  readonly #query: string
  #hash: string | null = null

  constructor(query: string) {
    this.#query = query
    this.opening = `{"query":${JSON.stringify(query)},"variables":`
  }

  hash(): string {
    this.#hash ??= hash('sha256', this.#query)
    return this.#hash
  }
}

/** The texts of this process. */
export const textOf = createQueryTexts()
