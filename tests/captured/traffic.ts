/** What passes through a gateway: its legs, as its pools send them. */
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

/** Reads a message of `traffic.asked` (service/http/http1/traffic.ts). Null for what is not a leg to one of the nodes. */
export function readLeg(message: unknown, hn: URL, gt: URL): SentLeg | null {
  const sent = String((message as { readonly bytes: string | Buffer }).bytes)
  const end = sent.indexOf('\r\n\r\n')
  const [line = '', ...lines] = sent.slice(0, end).split('\r\n')
  const headers = readHeaders(lines)
  const country = [hn, gt].findIndex(({ host }) => host === headers.host)
  if (country === -1) return null
  const body = sent.slice(end + 4)
  const { query, variables, extensions } = JSON.parse(body)
  return {
    ...{ country: country === 0 ? 'HN' : 'GT', path: line.split(' ')[1] ?? '', headers, body, query, variables },
    legToken: headers.authorization?.replace(/^Bearer /, '') ?? '',
    countryToken: headers[COUNTRY_TOKEN_HEADER.toLowerCase()],
    carried: extensions?.istmo ?? {},
  }
}

function readHeaders(lines: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lines.map((line) => {
      const [name = '', value = ''] = line.split(/: (.*)/)
      return [name.toLowerCase(), value]
    }),
  )
}
