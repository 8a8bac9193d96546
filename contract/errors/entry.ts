/** What a person reads about one code. `{country}` becomes the country's name. */
export interface ErrorText {
  /** What happened, in one sentence for the caller. Never holds a value that came from outside. */
  readonly meaning: string
  /** What the caller does next, and whom the caller may ask. */
  readonly remedy: string
}

/** What stands in the registry for one code. `status`: HTTP, where the whole request is refused; 200 where the code stands in a partial answer. */
export interface ErrorEntry extends ErrorText {
  readonly status: number
  /** What the operator does, for docs/operating.md. */
  readonly operator?: string
}
