import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { COUNTRY_TOKEN_TYPE, type CountryTokenClaims } from '../country-token.ts'
import { sha256Url } from '../digest.ts'

/** Makes keys and country tokens for tests. */

/** A key pair and its thumbprint. */
export interface TestKey {
  readonly alg: 'EdDSA' | 'ES256'
  readonly privateKey: CryptoKey
  readonly publicJwk: JWK
  readonly thumbprint: string
}

/** Makes a new key. */
export async function makeKey(alg: TestKey['alg'] = 'EdDSA'): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const publicJwk = await exportJWK(publicKey)
  return { alg, privateKey, publicJwk, thumbprint: await calculateJwkThumbprint(publicJwk) }
}

/** The time of {@link countryClaims}, in seconds since the epoch. */
export const TEST_NOW_S = 1_795_000_000

/** Claims of a token of Guatemala's authority for Honduras, with changes. A change to undefined removes the claim. */
export function countryClaims(changes: Readonly<Record<string, unknown>> = {}): CountryTokenClaims {
  const claims = {
    iss: 'https://authority.gt.example',
    aud: 'HN',
    sub: 'officer-for-hn',
    iat: TEST_NOW_S,
    exp: TEST_NOW_S + 300,
    jti: 'country-token-1',
    act: { sub: 'istmo' },
    client_id: 'console',
    scope: 'case:read case:narrative person:read',
    acr: 'urn:example:two-factors',
    org: { country: 'GT', agency: 'GT-MP-FECO', role: 'prosecutor' },
    mandate: {
      hash: sha256Url('the mandate'),
      task_force: 'jtf-2026-03',
      purposes: ['INVESTIGATION'],
      not_after: '2027-03-31',
    },
    cnf: { jkt: sha256Url('the leg key') },
    caller_iss: 'https://authority.gt.example',
    caller_jti: 'access-token-1',
    ...changes,
  }
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined)) as CountryTokenClaims
}

/** Signs a country token. */
export function signCountryToken(
  claims: object,
  key: TestKey,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: key.alg, typ: COUNTRY_TOKEN_TYPE, kid: key.thumbprint, ...header })
    .sign(key.privateKey)
}
