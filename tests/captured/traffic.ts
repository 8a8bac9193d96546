/** What passes through a gateway: its legs, as undici sends them (undici documentation, Diagnostics Channel). */
import { COUNTRY_TOKEN_HEADER } from '../../contract/trust/country-token.ts'
import type { LegExtensions } from '../../contract/trust/leg-extensions.ts'

/** A leg that the gateway sent. */
export interface SentLeg {
  readonly country: 'HN' | 'GT'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly legToken: string
  readonly countryToken: string | undefined
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly carried: LegExtensions
  /** The body as it was sent. */
  readonly body: string
}

/** Reads a message of undici. Null for what is not a leg to one of the nodes. */
export function readLeg(message: unknown, hn: URL, gt: URL): SentLeg | null {
  const { request } = message as { readonly request: SentRequest }
  const country = [hn, gt].findIndex(({ origin }) => origin === String(request.origin))
  // The captor sends streams of its own to the same nodes.
  const isOfGateway = typeof request.body === 'string' || request.body instanceof Uint8Array
  if (country === -1 || request.method !== 'POST' || !isOfGateway) return null
  const headers = readHeaders(request.headers)
  const body = String(request.body)
  const { query, variables, extensions } = JSON.parse(body)
  return {
    country: country === 0 ? 'HN' : 'GT',
    path: request.path,
    headers,
    body,
    query,
    variables,
    legToken: headers.authorization?.replace(/^Bearer /, '') ?? '',
    countryToken: headers[COUNTRY_TOKEN_HEADER.toLowerCase()],
    carried: extensions?.istmo ?? {},
  }
}

interface SentRequest {
  readonly origin: string | URL
  readonly method: string
  readonly path: string
  readonly headers: readonly string[] | string
  readonly body: unknown
}

function readHeaders(headers: SentRequest['headers']): Readonly<Record<string, string>> {
  const list = typeof headers === 'string' ? headers.split(/\r\n|: /) : headers
  return Object.fromEntries(
    Array.from({ length: Math.floor(list.length / 2) }, (_, at) => [
      String(list[2 * at]).toLowerCase(),
      String(list[2 * at + 1]),
    ]),
  )
}
