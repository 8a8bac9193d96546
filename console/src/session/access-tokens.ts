import { createSession, type Session as TokenSession } from '../../../clients/session.ts'
import { createSessionKey } from '../../../clients/session-key.ts'
import type { Browser } from './browser.ts'
import type { ConsoleConfig } from './config.ts'
import type { KeyStore } from './key-store.ts'
import type { ProviderToken } from './redeem-code.ts'

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
  readonly #byAudience = new Map<string, TokenSession>()

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
      ...{ token: config.authority.tokenEndpoint, client: config.authority.clientId },
      ...(mandate !== null && { mandate }),
      sessionKey: async () => createSessionKey(await keys.keep()),
      providerToken: async () => {
        const { token, type } = await currentProvider()
        return { token, type }
      },
    }
    const tokens = createSession({ authority, gateway: audience, send: browser.fetch, now: browser.now })
    this.#byAudience.set(audience, tokens)
    return tokens
  }

  /** Forgets all tokens. */
  forget(): void {
    this.#byAudience.clear()
  }
}
