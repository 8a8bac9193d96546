/** What each leg to one endpoint needs, made once: endpoints live as long as the settings that they come from. */
import { ACCEPTED_ENCODINGS } from '../../contract/accepted-encodings.ts'
import type { Channel, TlsPools } from '../../service/http/tls-pools.ts'
import type { Endpoint } from '../types/participant.ts'

/** An endpoint, ready to be asked. */
export interface Line {
  readonly url: URL
  readonly path: string
}

/** The headers of each leg, names and values in turn. */
export const LEG_HEADERS: readonly string[] = Object.freeze([
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
  const line = Object.freeze({ url, path: url.pathname + url.search })
  lines.set(endpoint, line)
  return line
}

/** Returns the connections to an endpoint as they are now: they change with certificates and settings. */
export function channelOf(channelTo: TlsPools['channelTo'], endpoint: Endpoint): Channel {
  return channelTo(lineTo(endpoint).url, endpoint.tls)
}
