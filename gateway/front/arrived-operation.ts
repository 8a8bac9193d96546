import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/** A GraphQL-over-HTTP request whose body was read. */
export interface ArrivedOperation {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** The query of the URL, with its question mark; empty without one. */
  readonly search: string
  /** The JSON value in the body; undefined without one. */
  readonly body: unknown
}

/** An answer as it leaves: `headers` are those that depend on the operation, and `body` is JSON. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Puts together what a request asks. */
export function arrivedOperation({ method = '', headers, url = '' }: IncomingMessage, body: unknown): ArrivedOperation {
  const queryAt = url.indexOf('?')
  return { method, headers, search: queryAt === -1 ? '' : url.slice(queryAt), body }
}
