import { Agent, fetch as fetchWith } from 'undici'
import type { ServerTrust } from './server-trust.ts'
import { createTlsConnector } from './tls-connector.ts'

/**
 * Creates a `fetch` for servers that `trust` knows, over TLS 1.3 or later. It shows no certificate. Without authorities and pins it is the usual
 * `fetch`, which asks the authorities of the operating system. Plain HTTP stays as it is.
 */
export function createTrustedFetch(trust: ServerTrust = {}): typeof fetch {
  if (trust.ca === undefined && trust.pins === undefined) return fetch
  const connect = createTlsConnector({
    ...{ trust, certificate: null, isSuspended: () => false, onConnected: () => undefined },
  })
  const dispatcher = new Agent({ connect })
  const trusted = (input: Parameters<typeof fetch>[0], init: Parameters<typeof fetch>[1]) => {
    const isPlain = new URL(input instanceof Request ? input.url : input).protocol === 'http:'
    if (isPlain) return fetch(input, init)
    return fetchWith(input as Parameters<typeof fetchWith>[0], {
      ...(init as Parameters<typeof fetchWith>[1]),
      dispatcher,
    })
  }
  return trusted as unknown as typeof fetch
}
