/**
 * Issuers of the tests and their access tokens: RFC 9068, with the claims of docs/design/access.md, The token. They stand for an issuer of any kind,
 * also one that writes what an authority would not.
 */
import { createHmac, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { importJWK, SignJWT } from 'jose'
import type { Mandate } from '../../contract/access-token.ts'
import { DEMO_COUNTRIES } from '../../demo/countries.ts'
import { KEY_ALGORITHM, loadKey, type PrivateJwk } from '../../demo/keys.ts'
import { PROFILES, type Profile, type ProfileName } from '../../demo/provider/officers.ts'

/** The `aud` of their tokens. */
export const AUDIENCE = 'https://oversight.example'

/** An issuer with its signing key. */
export interface Issuer {
  readonly country: string
  readonly iss: string
  readonly key: PrivateJwk
}

/** Makes the issuers of GT and HN, with keys in `folder`. */
export function loadIssuers(folder: string): Promise<readonly Issuer[]> {
  return Promise.all(
    ['GT', 'HN'].map(async (country) => ({
      ...{ country, iss: `https://id.${country.toLowerCase()}.example` },
      key: await loadKey(join(folder, `${country}.jwk.json`)),
    })),
  )
}

const DEFAULT_LIFETIME_S = 3600
const MANDATE_DAYS = 180
const TASK_FORCE = 'jtf-2026-03'
const LEGAL_BASIS = 'UN:XVIII-12#27'
const CLIENT_ID = 'istmo-demo'

/** The settings of a token. */
export interface TokenRequest {
  readonly profile: ProfileName
  /** Scopes that replace those of the profile. */
  readonly scopes?: readonly string[]
  /** `org.country`; by default the issuer's. */
  readonly country?: string
  /** Seconds from now to the token's end. Below zero, the token has already expired. */
  readonly lifetimeS?: number
  /** Members that replace those of the claims, one by one. Null removes a claim. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** The time of issue. */
  readonly now?: Date
}

/** Signs an access token: a compact JWS with `typ` `at+jwt`. */
export async function signAccessToken(issuer: Issuer, request: TokenRequest): Promise<string> {
  return new SignJWT(accessTokenClaims(issuer, request))
    .setProtectedHeader({ alg: KEY_ALGORITHM, typ: 'at+jwt', kid: issuer.key.kid })
    .sign(await importJWK(issuer.key, KEY_ALGORITHM))
}

/** Builds the claims of {@link signAccessToken}. Times are in seconds since the epoch. */
function accessTokenClaims(issuer: Issuer, request: TokenRequest): Record<string, unknown> {
  const profile: Profile = PROFILES[request.profile]
  const country = request.country ?? issuer.country
  const now = request.now ?? new Date()
  const iat = Math.floor(now.getTime() / 1000)
  const claims: Record<string, unknown> = {
    iss: issuer.iss,
    aud: AUDIENCE,
    sub: pairwiseSubject(issuer, request.profile),
    client_id: CLIENT_ID,
    jti: randomUUID(),
    iat,
    nbf: iat,
    exp: iat + (request.lifetimeS ?? DEFAULT_LIFETIME_S),
    scope: (request.scopes ?? profile.scopes).join(' '),
    acr: profile.acr,
    org: { country, agency: `${country}-MP-${profile.unit}`, role: profile.role },
    authorization_details: mandates(profile, now),
    ...request.claims,
  }
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null && value !== undefined))
}

function mandates(profile: Profile, now: Date): readonly Mandate[] {
  const mandate: Mandate = {
    type: 'istmo_mandate',
    task_force: TASK_FORCE,
    purposes: [profile.purpose],
    countries: DEMO_COUNTRIES,
    legal_basis: [LEGAL_BASIS],
    not_after: new Date(now.getTime() + MANDATE_DAYS * 86_400_000).toISOString().slice(0, 10),
  }
  return [mandate]
}

/** Derives a person's subject. It differs for each audience (OpenID Connect Core, 8.1), and only the key connects it to the person. */
function pairwiseSubject(issuer: Issuer, profile: ProfileName): string {
  return createHmac('sha256', issuer.key.d).update(`${AUDIENCE} ${profile}`).digest('base64url').slice(0, 22)
}
