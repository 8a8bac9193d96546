/** A mandate authority's files, a login provider, and its clients: a gateway and three tools. */
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { stringify } from 'yaml'
import { generateSignerKey, SIGNATURE_TYPES } from '../../audit/note/key.ts'
import { rotateKeyFile } from '../../audit/pseudonym/key-file.ts'
import type { MandateInForce, Mandates, Officer } from '../../authority/doors.ts'
import { addSigningKey } from '../../authority/keys/signing-keys.ts'
import { disclose } from '../../contract/trust/sd-jwt.ts'

/** The names of the world. */
export const ISSUER = 'https://authority.gt.example'
/** The gateway's address: `aud` of access tokens. */
export const GATEWAY_ADDRESS = 'https://istmo.example'
/** The login provider. */
export const PROVIDER = 'https://login.gt.example'
/** The token exchange grant. */
export const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** A key pair of a client or a provider. */
export interface Key {
  readonly alg: 'EdDSA' | 'ES256'
  readonly privateKey: CryptoKey
  readonly jwk: JWK
  readonly thumbprint: string
}

/** Makes a key. */
export async function newKey(alg: Key['alg'] = 'EdDSA'): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(publicKey)
  return { alg, privateKey, jwk, thumbprint: await calculateJwkThumbprint(jwk) }
}

/** The case to which the third mandate is bound. */
export const MANDATE_CASE = disclose('case', 'GT:MP001-2026-1234')

/** Three mandates: of the task force for prosecutors, one that names `two-mandates` besides, and one that is bound to a case. */
export const MANDATES: readonly (MandateInForce & { readonly of: (officer: Officer) => boolean })[] = [
  {
    hash: 'm'.repeat(43),
    document: {
      ...{ task_force: 'jtf-2026-03', purposes: ['INVESTIGATION'], countries: ['HN', 'SV', 'CR', 'PA', 'NI'] },
      ...{ scopes: ['case:read', 'person:read'], legal_basis: ['UN:XVIII-12#27'], not_after: '2027-03-31' },
    },
    of: ({ agency, role }) => agency === 'GT-MP-FECO' && role === 'prosecutor',
  },
  {
    hash: 'n'.repeat(43),
    document: {
      ...{ task_force: 'jtf-2026-04', purposes: ['ASSET_RECOVERY'], countries: ['HN'] },
      ...{ scopes: ['case:read'], legal_basis: [], not_after: '2027-03-31' },
    },
    of: ({ subject }) => subject === 'two-mandates',
  },
  {
    hash: 'q'.repeat(43),
    document: {
      ...{ task_force: 'jtf-2026-05', purposes: ['INVESTIGATION'], countries: ['HN'], scopes: ['case:read'] },
      ...{ legal_basis: [], not_after: '2027-03-31', time_zone: 'America/Guatemala', case: MANDATE_CASE.digest },
    },
    of: ({ agency }) => agency === 'GT-MP-CASE',
  },
]

/** Mandates that tests change: `revoked` holds hashes. */
export function createTestMandates(revoked: ReadonlySet<string> = new Set()): Mandates {
  const inForce = () => MANDATES.filter(({ hash }) => !revoked.has(hash))
  return {
    findFor: async (officer) => inForce().filter(({ of }) => of(officer)),
    find: async (hash) => inForce().find((mandate) => mandate.hash === hash) ?? null,
    prove: async (hash, country) => ({ of: hash, for: country }),
  }
}

/** The world. */
export interface World {
  readonly folder: string
  /** The path of authority.yaml. */
  readonly config: string
  readonly provider: Key
  readonly gateway: Key
  readonly confidentialTool: Key
  /** Thumbprint of the authority's first signing key. */
  readonly signingKid: string
  remove(): Promise<void>
}

/** Makes the files of an authority. `over` changes settings. */
export async function createWorld(over: Readonly<Record<string, unknown>> = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'istmo-authority-'))
  const at = (name: string): string => join(folder, name)
  const [provider, gateway, confidentialTool] = await Promise.all([newKey('ES256'), newKey(), newKey()])
  await mkdir(at('keys'), { mode: 0o700 })
  const secret = { mode: 0o600 }
  await writeFile(
    at('keys/log.key'),
    `${generateSignerKey('authority.gt.istmo.gob', SIGNATURE_TYPES.ed25519)}\n`,
    secret,
  )
  await rotateKeyFile(at('keys/refs.json'), Date.now())
  const signingKid = await addSigningKey(at('keys/signing.json'), 0)
  for (const [name, { jwk, alg, thumbprint: kid }] of Object.entries({ provider, gateway, tool: confidentialTool })) {
    await writeFile(at(`${name}.jwks.json`), JSON.stringify({ keys: [{ ...jwk, alg, kid }] }))
  }
  const clients = [
    { kind: 'gateway', id: 'gw', name: 'istmo', address: GATEWAY_ADDRESS, jwks: 'gateway.jwks.json' },
    { kind: 'gateway', id: 'gw-2', name: 'istmo-2', address: 'https://istmo-2.example', jwks: 'tool.jwks.json' },
    { kind: 'tool', id: 'console', gateways: ['gw'], scopes: ['case:read', 'person:read', 'person:hit'] },
    { kind: 'tool', id: 'server-tool', gateways: ['gw'], scopes: ['case:read'], jwks: 'tool.jwks.json' },
    { kind: 'tool', id: 'script', gateways: ['gw'], scopes: ['case:read'], bearer: true },
  ]
  await writeFile(at('clients.yaml'), stringify({ clients }))
  const providers = [{ issuer: PROVIDER, audience: ISSUER, jwks: 'provider.jwks.json', algorithms: ['ES256'] }]
  await writeFile(at('providers.yaml'), stringify({ providers }))
  const settings = {
    ...{ issuer: ISSUER, country: 'GT', port: 0, auditLog: 'audit-log', auditLogKey: 'keys/log.key' },
    ...{ refKeys: 'keys/refs.json', signingKeys: 'keys/signing.json', providers: 'providers.yaml' },
    mandates: {
      drafters: [{ agency: 'GT-MP', role: 'coordinator' }],
      approvers: [{ agency: 'GT-MP', role: 'head' }],
    },
    ...{ clients: 'clients.yaml', ...over },
  }
  await writeFile(at('authority.yaml'), stringify(settings))
  return {
    ...{ folder, config: at('authority.yaml'), provider, gateway, confidentialTool, signingKid },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Claims of a good token of the provider for an officer. A member that is undefined is left out. */
export function providerClaims(over: Readonly<Record<string, unknown>> = {}, nowS = Date.now() / 1_000): object {
  const iat = Math.floor(nowS)
  return {
    ...{ iss: PROVIDER, aud: ISSUER, sub: 'officer-1', iat, exp: iat + 3_600, azp: 'console', acr: '2' },
    org: { agency: 'GT-MP-FECO', role: 'prosecutor' },
    ...over,
  }
}

/** Signs any claims with a key. `header` overrides `alg`, `typ` and `kid`. */
export function sign(claims: object, key: Key, header: Readonly<Record<string, unknown>> = {}): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: key.alg, typ: 'JWT', kid: key.thumbprint, ...header })
    .sign(key.privateKey)
}

/** Makes a client assertion (RFC 7523). */
export function assertionOf(
  client: string,
  key: Key,
  over: Readonly<Record<string, unknown>> = {},
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000)
  const claims = { iss: client, sub: client, aud: ISSUER, iat, exp: iat + 60, jti: randomUUID(), ...over }
  return sign(claims, key, header)
}

/** Makes a DPoP proof (RFC 9449) for the token endpoint. */
export function proofOf(
  key: Key,
  nonce: string | null,
  over: Readonly<Record<string, unknown>> = {},
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const claims = {
    ...{ htm: 'POST', htu: `${ISSUER}/token`, iat: Math.floor(Date.now() / 1_000), jti: randomUUID() },
    ...(nonce !== null && { nonce }),
    ...over,
  }
  const { alg: _, ...jwk } = key.jwk
  return new SignJWT(claims).setProtectedHeader({ alg: key.alg, typ: 'dpop+jwt', jwk, ...header }).sign(key.privateKey)
}
