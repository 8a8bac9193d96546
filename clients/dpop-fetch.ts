import { sha256Url } from './base64url.ts'
import { ClientError } from './client-error.ts'
import type { SessionKey } from './session-key.ts'

/** A function like the platform's `fetch`, for one request at a time. */
export type Send = (url: string, init: RequestInit) => Promise<Response>

/** Sends requests with proofs of the session's key (RFC 9449). It remembers each server's newest nonce. */
export interface DpopSender {
  /**
   * Sends a request with a proof, and again with each newer nonce that the server wants (RFC 9449, section 8), twice at most: a gateway whose shared
   * database has lost its tables learns it from the first proof with a nonce, and makes all nonces anew.
   * @param accessToken the token that the proof is about; null at a token endpoint.
   * @throws {ClientError} `NOT_REACHED`.
   */
  send(url: string, init: RequestInit & { readonly method: string }, accessToken: string | null): Promise<Response>
  /**
   * Gets a server's newest nonce ahead, so that the next request to it needs one round trip less. The request has no body and a proof without a nonce,
   * so that the server refuses it before it reads anything else. A browser also connects, and learns that the page may send such requests.
   * @throws {ClientError} `NOT_REACHED`.
   */
  fetchNonce(url: string, method: string, accessToken: string | null): Promise<void>
}

/** With how many newer nonces one request is sent again. */
const MAX_NONCES = 2

/** The newest nonce of each server, by its origin. */
export type Nonces = Map<string, string>

/**
 * @param nowS returns seconds since the epoch, by the clock of the session's authority.
 * @param nonces what the tool has learned of nonces. Senders that share it learn from each other's answers.
 */
export function createDpopSender(
  key: SessionKey,
  nowS: () => number,
  send: Send,
  nonces: Nonces = new Map(),
): DpopSender {
  const sendWith = async (
    nonce: string | undefined,
    url: string,
    init: RequestInit & { readonly method: string },
    accessToken: string | null,
  ) => {
    const { origin } = new URL(url)
    const claims = {
      jti: crypto.randomUUID(),
      htm: init.method,
      htu: url.split(/[?#]/, 1)[0],
      iat: Math.floor(nowS()),
      ...(accessToken !== null && { ath: await sha256Url(accessToken) }),
      ...(nonce !== undefined && { nonce }),
    }
    const headers = new Headers(init.headers)
    headers.set('dpop', await key.signJwt({ typ: 'dpop+jwt', jwk: key.publicKey }, claims))
    if (accessToken !== null) headers.set('authorization', `DPoP ${accessToken}`)
    const response = await send(url, { ...init, headers }).catch((cause: unknown) => {
      throw new ClientError('NOT_REACHED', `expected an answer of ${origin}; came none`, { origin }, { cause })
    })
    const newest = response.headers.get('dpop-nonce')
    if (newest !== null) nonces.set(origin, newest)
    return { response, isStale: newest !== null && newest !== nonce }
  }
  const newestOf = (url: string): string | undefined => nonces.get(new URL(url).origin)
  return {
    async send(url, init, accessToken) {
      for (let left = MAX_NONCES; ; left--) {
        const { response, isStale } = await sendWith(newestOf(url), url, init, accessToken)
        const mayWantNonce = response.status === 401 || response.status === 400
        if (!mayWantNonce || !isStale || left === 0) return response
        // Nobody reads this answer, and an unread body would hold the connection.
        await response.body?.cancel()
      }
    },
    async fetchNonce(url, method, accessToken) {
      const { response } = await sendWith(undefined, url, { method }, accessToken)
      await response.body?.cancel()
    },
  }
}
