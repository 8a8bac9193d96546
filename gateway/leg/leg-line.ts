/** What each leg to one endpoint needs, made once: endpoints live as long as the settings that they come from. */
import { ACCEPTED_ENCODINGS } from '../../contract/accepted-encodings.ts'
import { openPost } from '../../service/http/http1/write-request.ts'
import type { Channel, TlsPools } from '../../service/http/tls-pools.ts'
import type { Endpoint } from '../types/participant.ts'

/** An endpoint, ready to be asked. */
export interface Line {
  readonly url: URL
  /** What each leg begins with: the request line, and the headers that each has. */
  readonly opening: string
  /** The same as bytes, for legs whose body is bytes. */
  readonly openingBytes: Buffer
}

const HEADERS: readonly string[] = Object.freeze([
  ...['content-type', 'application/json'],
  ...['accept', 'application/graphql-response+json, application/json'],
  ...['accept-encoding', ACCEPTED_ENCODINGS],
])

const lines = new WeakMap<Endpoint, Line>()

/** Returns what legs to this endpoint have in common. */
export function lineTo(endpoint: Endpoint): Line {
  const known = lines.get(endpoint)
  if (known !== undefined) return known
  const url = new URL(endpoint.url)
  const opening = openPost(url, HEADERS)
  const line = Object.freeze({ url, opening, openingBytes: Buffer.from(opening, 'latin1') })
  lines.set(endpoint, line)
  return line
}

/** Returns the connections to an endpoint as they are now: they change with certificates and settings. */
export function channelOf(channelTo: TlsPools['channelTo'], endpoint: Endpoint): Channel {
  return channelTo(lineTo(endpoint).url, endpoint.tls)
}
