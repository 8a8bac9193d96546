import { hash } from 'node:crypto'
import { operationHash } from '../../contract/leg-token.ts'
import { createTextMemory } from './text-memory.ts'

/**
 * How many characters the texts of a generation count (`createTextMemory`): more than 1,000 texts even if each has 1,500 characters, so that all hot
 * operations find theirs. Short texts that come once fill both generations, of 4 MB together, with 8,000 operations.
 */
const MAX_CHARACTERS = 2_000_000

/** What does not change in the legs that ask the same text. */
export class QueryText {
  /** The beginning of the leg's body, as JSON: everything before the variables. */
  readonly opening: string
  readonly #query: string
  #hash: string | null = null
  #operation: string | null = null

  constructor(query: string) {
    this.#query = query
    this.opening = `{"query":${JSON.stringify(query)},"variables":`
  }

  /** SHA-256 of the text in UTF-8, in hexadecimal digits, for the entries of both sides. */
  hash(): string {
    this.#hash ??= hash('sha256', this.#query)
    return this.#hash
  }

  /** The claim `op` of a leg token for this text. */
  operation(): string {
    this.#operation ??= operationHash(this.#query)
    return this.#operation
  }
}

/** Returns what the legs of this process make of a text. */
export const textOf = createTextMemory((query) => new QueryText(query), MAX_CHARACTERS)
