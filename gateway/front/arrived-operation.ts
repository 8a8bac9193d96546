import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { SplicedText } from '../types/splice.ts'

/** A GraphQL-over-HTTP request whose body was read. */
export interface ArrivedOperation {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** The query of the URL, with its question mark; empty without one. */
  readonly search: string
  /** The JSON value in the body; undefined without one. */
  readonly body: unknown
}

/** An answer as it leaves: `headers` are those that depend on the operation, and `body` is JSON, or its bytes in parts. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: SplicedText
  /** How a text becomes UTF-8. Default: `utf8`. */
  readonly encoding?: 'utf8' | 'latin1'
}

/** Puts together what a request asks. */
export function arrivedOperation({ method = '', headers, url = '' }: IncomingMessage, body: unknown): ArrivedOperation {
  const queryAt = url.indexOf('?')
  return { method, headers, search: queryAt === -1 ? '' : url.slice(queryAt), body }
}
