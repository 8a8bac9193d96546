import type { ConsoleConfig } from './config.ts'
import type { BegunSignIn, ProviderReturn } from './pkce.ts'
import { readClaims, readEndMs } from './read-token.ts'

/** A token of the login provider: the proof of who signed in. It is kept in memory only. */
export interface ProviderToken {
  readonly token: string
  readonly type: 'access_token' | 'id_token'
  /** When it ends, in milliseconds since the epoch. */
  readonly endsMs: number
  /** The officer's subject at the provider. */
  readonly subject: string
  /** A name for the bar, or the subject. */
  readonly name: string
}

/** The provider did not give a token, or gave one that is not for this sign-in. */
export class ProviderRefusal extends Error {
  override readonly name = 'ProviderRefusal'
  readonly detail: string
  constructor(detail: string) {
    super(`the login provider gave no token: ${detail}`)
    this.detail = detail
  }
}

/** What {@link redeemReturn} works with. */
export interface Redeeming {
  readonly config: ConsoleConfig
  readonly origin: string
  readonly send: typeof fetch
  readonly now: () => number
}

/**
 * Changes what the provider sent back into its token (RFC 6749 section 4.1.3, RFC 7636). The caller has compared the state.
 * @throws {ProviderRefusal}
 */
export async function redeemReturn(
  redeeming: Redeeming,
  { code, error, issuer }: ProviderReturn,
  begun: BegunSignIn,
): Promise<ProviderToken> {
  if (code === null) throw new ProviderRefusal(error ?? 'no code')
  // An answer of another provider (RFC 9207): its code must not go to ours.
  if (issuer !== null && issuer !== redeeming.config.provider.issuer) {
    throw new ProviderRefusal('answer of another provider')
  }
  return redeemCode(redeeming, code, begun)
}

async function redeemCode(
  { config, origin, send, now }: Redeeming,
  code: string,
  begun: BegunSignIn,
): Promise<ProviderToken> {
  const { tokenEndpoint, clientId, resource, subjectToken } = config.provider
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    client_id: clientId,
    code_verifier: begun.verifier,
    redirect_uri: `${origin}${config.redirectPath}`,
    ...(resource !== null && { resource }),
  })
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const askedMs = now()
  const response = await send(tokenEndpoint, { method: 'POST', headers, body: form.toString(), credentials: 'omit' })
  const body = (await response.json().catch(() => ({}))) as Readonly<Record<string, unknown>>
  if (!response.ok) throw new ProviderRefusal(wordOf(body.error) ?? `status ${response.status}`)
  const { id_token: idToken, expires_in: expiresIn } = body
  const token = body[subjectToken]
  if (typeof token !== 'string' || typeof idToken !== 'string') throw new ProviderRefusal(`no ${subjectToken}`)
  const claims = readClaims(idToken)
  // The token came from the provider itself and not by the browser's address, so its signature need not be checked (OpenID Connect Core 3.1.3.7).
  if (claims?.nonce !== begun.nonce) throw new ProviderRefusal('nonce of another sign-in')
  if (claims.iss !== config.provider.issuer) throw new ProviderRefusal('token of another provider')
  if (![claims.aud].flat().includes(clientId)) throw new ProviderRefusal('token for another client')
  if (typeof claims.sub !== 'string') throw new ProviderRefusal('no subject')
  const name = [claims.name, claims.preferred_username, claims.sub].find((each) => typeof each === 'string')
  const endsMs = readEndMs(token, askedMs) ?? askedMs + (typeof expiresIn === 'number' ? expiresIn : 0) * 1_000
  return { token, type: subjectToken, endsMs, subject: claims.sub, name: String(name) }
}

function wordOf(value: unknown): string | null {
  return typeof value === 'string' && /^[\w.-]{1,60}$/.test(value) ? value : null
}
