import type { ServerTrust } from './server-trust.ts'

/**
 * Creates a `fetch` for servers that `trust` knows, over TLS 1.3 or later. It shows no certificate. Without authorities and pins it asks the
 * authorities that Node.js knows. Plain HTTP needs no trust. It rejects an answer in a content coding that it did not ask for, before anything decodes it.
 * The first request loads what it needs: a process that sends none starts sooner.
 */
export function createTrustedFetch(trust: ServerTrust = {}): typeof fetch {
  let opened: Promise<typeof fetch> | undefined
  return async (input, init) => {
    opened ??= import('./open-trusted-fetch.ts').then(({ openTrustedFetch }) => openTrustedFetch(trust))
    return (await opened)(input, init)
  }
}
