/** The text of an answer. */
import type { FormattedExecutionResult } from 'graphql'
import type { SplicedText } from '../types/splice.ts'

/** Data that is JSON already. Apollo Server passes it on, and {@link stringify} puts its text into the answer. */
export class JsonText {
  [name: string]: unknown
  readonly #text: SplicedText
  readonly #encoding: TextEncoding

  /** @param encoding `latin1` if the text has one character for each byte of UTF-8, or is these bytes. */
  constructor(text: SplicedText, encoding: TextEncoding = 'utf8') {
    this.#text = text
    this.#encoding = encoding
  }

  static textOf(data: unknown): string | null {
    if (!(typeof data === 'object' && data !== null && #text in data)) return null
    const text = data.#text
    if (typeof text !== 'string') return Buffer.concat(text).toString('utf8')
    return data.#encoding === 'latin1' ? Buffer.from(text, 'latin1').toString('utf8') : text
  }

  /** Returns a text that has one character for each byte, or is these bytes; null for any other data. */
  static latin1Of(data: unknown): SplicedText | null {
    return typeof data === 'object' && data !== null && #text in data && data.#encoding === 'latin1' ? data.#text : null
  }
}

/** How a text becomes bytes. */
export type TextEncoding = 'utf8' | 'latin1'

const OPENING = Buffer.from('{"data":')
const CLOSING = Buffer.from('}\n')

/** Writes the body of an answer, with the encoding that makes it UTF-8. Data that was spliced is not decoded. */
export function writeBody(result: FormattedExecutionResult): {
  readonly body: SplicedText
  readonly encoding: TextEncoding
} {
  const text = result.errors === undefined && result.extensions === undefined ? JsonText.latin1Of(result.data) : null
  if (text === null) return { body: stringify(result), encoding: 'utf8' }
  const body = typeof text === 'string' ? `{"data":${text}}\n` : [OPENING, ...text, CLOSING]
  return { body, encoding: 'latin1' }
}

/** Writes the body of an answer. Its members have the order of Apollo Server: errors, data, extensions. Data that is text already comes first. */
export function stringify({ data, errors, extensions }: FormattedExecutionResult): string {
  const text = JsonText.textOf(data)
  if (text === null) return `${JSON.stringify({ errors, data, extensions })}\n`
  const withErrors = errors === undefined ? '' : `,"errors":${JSON.stringify(errors)}`
  const withExtensions = extensions === undefined ? '' : `,"extensions":${JSON.stringify(extensions)}`
  return `{"data":${text}${withErrors}${withExtensions}}\n`
}
