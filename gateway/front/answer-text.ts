/** The text of an answer. */
import type { FormattedExecutionResult } from 'graphql'

/** Data that is JSON already. Apollo Server passes it on, and {@link stringify} puts its text into the answer. */
export class JsonText {
  [name: string]: unknown
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  static textOf(data: unknown): string | null {
    return typeof data === 'object' && data !== null && #text in data ? data.#text : null
  }
}

/** Writes the body of an answer. Its members have the order of Apollo Server: errors, data, extensions. Data that is text already comes first. */
export function stringify({ data, errors, extensions }: FormattedExecutionResult): string {
  const text = JsonText.textOf(data)
  if (text === null) return `${JSON.stringify({ errors, data, extensions })}\n`
  const withErrors = errors === undefined ? '' : `,"errors":${JSON.stringify(errors)}`
  const withExtensions = extensions === undefined ? '' : `,"extensions":${JSON.stringify(extensions)}`
  return `{"data":${text}${withErrors}${withExtensions}}\n`
}
