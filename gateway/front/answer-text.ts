/** The text of an answer. */
import type { FormattedExecutionResult } from 'graphql'

/** Data that is JSON already. Apollo Server passes it on, and {@link stringify} puts its text into the answer. */
export class JsonText {
  [name: string]: unknown
  readonly #text: string
  readonly #encoding: TextEncoding

  /** @param encoding `latin1` if the text has one character for each byte of UTF-8. */
  constructor(text: string, encoding: TextEncoding = 'utf8') {
    this.#text = text
    this.#encoding = encoding
  }

  static textOf(data: unknown): string | null {
    if (!(typeof data === 'object' && data !== null && #text in data)) return null
    return data.#encoding === 'latin1' ? Buffer.from(data.#text, 'latin1').toString('utf8') : data.#text
  }

  /** Returns a text that has one character for each byte; null for any other data. */
  static latin1Of(data: unknown): string | null {
    return typeof data === 'object' && data !== null && #text in data && data.#encoding === 'latin1' ? data.#text : null
  }
}

/** How a text becomes bytes. */
export type TextEncoding = 'utf8' | 'latin1'

/** Writes the body of an answer, with the encoding that makes it UTF-8. Data that was spliced is not decoded. */
export function writeBody(result: FormattedExecutionResult): {
  readonly body: string
  readonly encoding: TextEncoding
} {
  const text = result.errors === undefined && result.extensions === undefined ? JsonText.latin1Of(result.data) : null
  return text === null
    ? { body: stringify(result), encoding: 'utf8' }
    : { body: `{"data":${text}}\n`, encoding: 'latin1' }
}

/** Writes the body of an answer. Its members have the order of Apollo Server: errors, data, extensions. Data that is text already comes first. */
export function stringify({ data, errors, extensions }: FormattedExecutionResult): string {
  const text = JsonText.textOf(data)
  if (text === null) return `${JSON.stringify({ errors, data, extensions })}\n`
  const withErrors = errors === undefined ? '' : `,"errors":${JSON.stringify(errors)}`
  const withExtensions = extensions === undefined ? '' : `,"extensions":${JSON.stringify(extensions)}`
  return `{"data":${text}${withErrors}${withExtensions}}\n`
}
