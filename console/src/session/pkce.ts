import { sha256Url, toBase64Url } from '../../../clients/base64url.ts'
import type { ConsoleConfig } from './config.ts'

/** What the console remembers of a sign-in that it began, until the provider sends the officer back. It holds no token. */
export interface BegunSignIn {
  /** Ties the provider's answer to this sign-in (RFC 6749 section 10.12). */
  readonly state: string
  /** Ties the ID token to it (OpenID Connect Core section 3.1.2.1). */
  readonly nonce: string
  /** PKCE (RFC 7636): without it, nobody can change the code into a token. */
  readonly verifier: string
  /** Where the officer was: a place of the console, such as `/cases`. */
  readonly returnTo: string
  /** Whom a door of a demonstration named (`login_hint`); null if the provider asks. */
  readonly hint: string | null
}

/** Begins a sign-in: three random values of 256 bits. */
export function beginSignIn(returnTo: string, hint: string | null = null): BegunSignIn {
  const random = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(32)))
  return { state: random(), nonce: random(), verifier: random(), returnTo: toOwnPlace(returnTo), hint }
}

/**
 * Returns the place if it is one of the console's own, else the first page. What comes back from storage may have been written by somebody else, and
 * the console must not lead an officer to another site.
 */
export function toOwnPlace(place: unknown): string {
  const isOwn = typeof place === 'string' && place.length <= 2_000 && /^\/(?![/\\])[^\s\\]*$/.test(place)
  return isOwn ? place : '/'
}

/** How the provider treats an officer who is logged in there: asks nothing (default), fails and asks nothing, or asks who it is. */
export type Prompt = 'none' | 'login' | null

/** Writes the address at the provider at which an officer signs in. */
export async function writeSignInAddress(
  config: ConsoleConfig,
  begun: BegunSignIn,
  { origin, language, prompt }: { readonly origin: string; readonly language: string; readonly prompt: Prompt },
): Promise<string> {
  const { authorizationEndpoint, clientId, scope, resource } = config.provider
  const url = new URL(authorizationEndpoint)
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: `${origin}${config.redirectPath}`,
    scope,
    state: begun.state,
    nonce: begun.nonce,
    ui_locales: language,
    code_challenge: await sha256Url(begun.verifier),
    code_challenge_method: 'S256',
    ...(prompt !== null && { prompt }),
    ...(begun.hint !== null && { login_hint: begun.hint }),
    ...(resource !== null && { resource }),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

/** Reads whom a door of a demonstration names in the console's address; null if nobody. */
export function readHint(search: string): string | null {
  const hint = new URLSearchParams(search).get('login_hint')
  return hint !== null && /^[\w-]{1,60}$/.test(hint) ? hint : null
}

/** What the provider sent back in the address of the console. */
export interface ProviderReturn {
  readonly state: string
  readonly code: string | null
  /** Such as `access_denied` or `login_required`. */
  readonly error: string | null
  /** The provider that answers (RFC 9207); null if it does not say so. */
  readonly issuer: string | null
}

/** Reads what the provider sent back; null if the address has nothing of it. */
export function readProviderReturn(search: string): ProviderReturn | null {
  const parameters = new URLSearchParams(search)
  const state = parameters.get('state')
  if (state === null || (!parameters.has('code') && !parameters.has('error'))) return null
  const error = parameters.get('error')
  return {
    state,
    code: parameters.get('code'),
    issuer: parameters.get('iss'),
    // It is shown, so it must be a word and not a sentence of somebody else.
    error: error === null || /^[\w.-]{1,60}$/.test(error) ? error : 'unknown',
  }
}
