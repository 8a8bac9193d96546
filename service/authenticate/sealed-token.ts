import { inspect } from 'node:util'

/**
 * A caller's access token as it came. The gateway keeps it only to exchange it at the authority that issued it. It is in a private field, so no log line,
 * copy or JSON of what holds it contains it.
 */
export class SealedToken {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** Returns the token. Only what asks the authority may call it. */
  reveal(): string {
    return this.#text
  }

  toJSON(): string {
    return '[sealed]'
  }

  [inspect.custom](): string {
    return '[sealed]'
  }
}
