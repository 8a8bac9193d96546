import type { Nonces } from '../../../clients/dpop-fetch.ts'
import { createSession, type Session as TokenSession } from '../../../clients/session.ts'
import { createSessionKey } from '../../../clients/session-key.ts'
import { prepareQuestion } from './ask-gateway.ts'
import type { Browser } from './browser.ts'
import type { ConsoleConfig } from './config.ts'
import type { KeyStore } from './key-store.ts'
import type { ProviderToken } from './redeem-code.ts'

/** How long the gateway's nonce of a preparation or a question is valid at least, in milliseconds (service/authenticate/dpop-proof.ts). */
const PREPARED_MS = 50_000

/** What access tokens are got with. */
export interface TokenParts {
  readonly config: ConsoleConfig
  readonly browser: Browser
  readonly keys: KeyStore
  /** Returns the token of the login provider, after a renewal if it has ended. */
  readonly currentProvider: () => Promise<ProviderToken>
}

/** The authority's access tokens, by the address that they name. All have the same key, and they are in memory only. */
export class AccessTokens {
  readonly #parts: TokenParts
  /** Shared by all tokens: the list of mandates brings the first one of the authority. */
  readonly nonces: Nonces = new Map()
  readonly #byAudience = new Map<string, TokenSession>()
  #preparedMs = Number.NEGATIVE_INFINITY

  constructor(parts: TokenParts) {
    this.#parts = parts
  }

  /** Returns the tokens that name `audience`; undefined if {@link open} was not called for it. */
  find(audience: string): TokenSession | undefined {
    return this.#byAudience.get(audience)
  }

  /** Makes a session at the authority for tokens that name `audience`, and keeps it until {@link forget}. Nothing is sent before a token is wanted. */
  open(audience: string, mandate: string | null): TokenSession {
    const { browser, config, keys, currentProvider } = this.#parts
    const authority = {
      token: config.authority.tokenEndpoint,
      client: config.authority.clientId,
      ...(mandate !== null && { mandate }),
      sessionKey: async () => createSessionKey(await keys.keep()),
      providerToken: async () => {
        const { token, type } = await currentProvider()
        return { token, type }
      },
    }
    const { fetch: send, now } = browser
    const tokens = createSession({ authority, gateway: audience, send, now, nonces: this.nonces })
    this.#byAudience.set(audience, tokens)
    return tokens
  }

  /** Fetches what the next question to `gateway` needs, if the last question or preparation is so long ago that it may be invalid. */
  prepare(gateway: string): void {
    const { browser } = this.#parts
    const tokens = this.find(gateway)
    if (tokens === undefined || browser.now() - this.#preparedMs < PREPARED_MS) return
    this.noteQuestion()
    // A question that cannot be asked says so itself.
    prepareQuestion(tokens, gateway).catch(() => undefined)
  }

  /** Notes that a question is asked now, which needs no {@link prepare}. */
  noteQuestion(): void {
    this.#preparedMs = this.#parts.browser.now()
  }

  /** Forgets all tokens. */
  forget(): void {
    this.#preparedMs = Number.NEGATIVE_INFINITY
    this.#byAudience.clear()
  }
}
