/** A small identity provider: a key, its public part in a file, and tokens that it signs. */
import { createHash, randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CompactSign, type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose'

/** The audience of all tokens here. */
export const AUDIENCE = 'https://istmo.example'

/** The signer of the tokens of one country. */
export interface IdentityProvider {
  readonly issuer: string
  readonly country: string
  readonly privateKey: CryptoKey
  readonly publicKey: JWK
  /** Its entry in the file of issuers, with its keys in `jwks.json` of its folder. */
  readonly entry: Readonly<Record<string, unknown>>
}

/** Creates the provider of `country`, and writes its key set into `folder`. */
export async function createProvider(country: string, folder: string): Promise<IdentityProvider> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid: `${country}-1`, alg: 'ES256', use: 'sig' }
  const jwks = join(folder, `${country}.jwks.json`)
  await writeFile(jwks, JSON.stringify({ keys: [jwk] }))
  const issuer = `https://id.${country.toLowerCase()}.example`
  const entry = { issuer, audience: AUDIENCE, jwks, algorithms: ['ES256'], country }
  return { issuer, country, privateKey, publicKey: jwk, entry }
}

/** Returns the claims of a good token of the provider, valid for ten minutes from now. */
export function claimsOf({ issuer, country }: IdentityProvider): Record<string, unknown> {
  const iat = Math.floor(Date.now() / 1000)
  const mandate = {
    ...{ type: 'istmo_mandate', task_force: 'jtf-2026-03', purposes: ['INVESTIGATION'] },
    ...{ countries: ['GT', 'HN'], not_after: '2099-12-31' },
  }
  return {
    ...{ iss: issuer, aud: AUDIENCE, sub: 'pairwise-1', jti: randomUUID(), iat, exp: iat + 600 },
    ...{ scope: 'case:read', org: { country, agency: `${country}-MP-FECO` }, authorization_details: [mandate] },
  }
}

/** Signs `claims` unchanged (a string is the text itself) under the provider's header. `header` overrides members of that. */
export function signAs(provider: IdentityProvider, claims: unknown, header: object = {}): Promise<string> {
  const text = typeof claims === 'string' ? claims : JSON.stringify(claims)
  return new CompactSign(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: `${provider.country}-1`, ...header })
    .sign(provider.privateKey)
}

/** Creates a DPoP proof (RFC 9449) of `key` for one request with `token`, made now, with the gateway's `nonce` if there is one. */
export async function proveWith(
  key: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey },
  request: { readonly token: string; readonly method: string; readonly url: string; readonly nonce?: string },
): Promise<string> {
  const ath = createHash('sha256').update(request.token).digest('base64url')
  const { method: htm, url: htu, nonce } = request
  const claims = { jti: randomUUID(), htm, htu, iat: Math.floor(Date.now() / 1000), ath, nonce }
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: await exportJWK(key.publicKey) })
    .sign(key.privateKey)
}
