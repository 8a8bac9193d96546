/** Two issuers with keys in files, and tokens of GT's issuer, for the tests of authentication. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompactSign, type CryptoKey, exportJWK, generateKeyPair } from 'jose'
import type { Credentials } from './credentials.ts'
import { type Issuer, STANDARD_CLAIMS } from './issuer.ts'

/** The time in the tests, in seconds since the epoch. */
export const NOW_S = 1_800_000_000

/** The mandate in {@link CLAIMS}. */
export const MANDATE = {
  type: 'istmo_mandate',
  task_force: 'jtf-2026-03',
  purposes: ['INVESTIGATION'],
  countries: ['GT', 'HN'],
  not_after: '2027-03-31',
}

/** The claims of a good token of GT's issuer. */
export const CLAIMS = {
  iss: 'https://id.gt.example',
  aud: 'https://istmo.example',
  sub: 'pairwise-1',
  iat: NOW_S - 10,
  exp: NOW_S + 600,
  scope: 'case:read person:read',
  org: { country: 'GT', agency: 'GT-MP-FECO' },
  authorization_details: [MANDATE],
}

/** The header of a good token of GT's issuer. */
export const HEADER = { alg: 'ES256', typ: 'at+jwt', kid: 'gt-1' }

/** The options of authentication in the tests, besides the issuers. */
export const OPTIONS = { anonymous: false, requireMandate: false, publicUrl: () => 'https://istmo.example' }

/** GT's issuer, and HN's, whose tokens have `typ` JWT. */
export interface TestIssuers {
  readonly issuers: readonly Issuer[]
  /** HN's private key. */
  readonly foreignKey: CryptoKey
  /** Signs `claims` (a string is the text itself) with `key`, by default GT's. `header` overrides members of {@link HEADER}. */
  sign(claims: unknown, header?: object, key?: CryptoKey): Promise<string>
  /** Signs any texts with GT's key, even a header that jose would not sign. */
  signAnything(header: string, claims: string): Promise<string>
  remove(): Promise<void>
}

/** Creates both issuers' keys, and writes the key sets into a new folder. */
export async function createTestIssuers(): Promise<TestIssuers> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-authenticate-'))
  const [gt, hn] = [await createIssuer(folder, 'GT'), await createIssuer(folder, 'HN')]
  return {
    issuers: [gt.issuer, { ...hn.issuer, tokenType: 'JWT' }],
    foreignKey: hn.key,
    async sign(claims, header = {}, key = gt.key) {
      const text = typeof claims === 'string' ? claims : JSON.stringify(claims)
      return new CompactSign(new TextEncoder().encode(text)).setProtectedHeader({ ...HEADER, ...header }).sign(key)
    },
    async signAnything(header, claims) {
      const signed = `${encode(header)}.${encode(claims)}`
      const algorithm = { name: 'ECDSA', hash: 'SHA-256' }
      const signature = await crypto.subtle.sign(algorithm, gt.key, new TextEncoder().encode(signed))
      return `${signed}.${Buffer.from(signature).toString('base64url')}`
    },
    remove: () => rm(folder, { recursive: true }),
  }
}

async function createIssuer(folder: string, country: string): Promise<{ issuer: Issuer; key: CryptoKey }> {
  const lower = country.toLowerCase()
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwks = join(folder, `${lower}.json`)
  const jwk = { ...(await exportJWK(publicKey)), kid: `${lower}-1`, alg: 'ES256' }
  await writeFile(jwks, JSON.stringify({ keys: [jwk] }))
  const names = { issuer: `https://id.${lower}.example`, audience: CLAIMS.aud, jwks, country }
  const rules = { tokenType: 'at+jwt', claims: STANDARD_CLAIMS, maxLifetimeS: 3600 } as const
  return { issuer: { ...names, ...rules, algorithms: ['ES256'] }, key: privateKey }
}

/** Returns the credentials of a request with these values of `Authorization`; `over` overrides the others. */
export function shown(authorization: readonly string[], over: Partial<Credentials> = {}): Credentials {
  return { authorization, proofs: [], mandate: [], method: 'POST', path: '/graphql', clientCertificate: null, ...over }
}

/** Encodes a text as base64url. */
export function encode(text: string): string {
  return Buffer.from(text).toString('base64url')
}
