import { generateKeyPairSync } from 'node:crypto'
import { FlattenedSign, importJWK } from 'jose'
import { type MandateDocument, signMandate } from './mandate-document.ts'
import { type PersonalJws, type PersonalPrivateKey, thumbprintOf, toPublicKey } from './personal-jws.ts'

/** Documents of trust and keys for tests. */

/** Makes a person's key. */
export function newPersonalKey(curve: 'Ed25519' | 'P-256' = 'Ed25519'): PersonalPrivateKey {
  const { privateKey } =
    curve === 'Ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = privateKey.export({ format: 'jwk' })
  return { ...toPublicKey(jwk), d: String(jwk.d) }
}

const digest = (letter: string): string => letter.repeat(43)

/** When the sample was issued: 2026-11-27 in Guatemala. */
export const ISSUED_S = 1_795_790_000

/** A mandate of GT, for three months. */
export const SAMPLE_MANDATE: MandateDocument = {
  v: 1,
  id: '019ab7e5-2f40-7c3a-9c1d-3a1b2c3d4e5f',
  issuer: 'https://authority.gt.example',
  country: 'GT',
  issued: ISSUED_S,
  task_force: 'jtf-2026-03',
  purposes: ['INVESTIGATION'],
  countries: ['HN', 'SV'],
  scopes: ['case:read', 'person:read'],
  legal_basis: ['UN:XVIII-12#27'],
  not_after: '2027-03-31',
  time_zone: 'America/Guatemala',
  officers: [{ agency: 'GT-MP-FECO', role: 'prosecutor' }, { hash: digest('o') }],
  drafter: digest('d'),
  approver: digest('a'),
}

/** Signs a mandate as two persons. */
export async function signByBoth(
  document: MandateDocument,
  drafter: PersonalPrivateKey,
  approver: PersonalPrivateKey,
): Promise<PersonalJws> {
  return signMandate(await signMandate(document, drafter, 'drafter'), approver, 'approver')
}

/** Signs any text with any header, as an attacker who has a key can. */
export async function signRaw(
  text: string | Uint8Array,
  key: PersonalPrivateKey,
  header: Readonly<Record<string, unknown>>,
): Promise<{ readonly payload: string; readonly protected: string; readonly signature: string }> {
  const alg = key.kty === 'OKP' ? 'EdDSA' : 'ES256'
  const { signature, payload, ...rest } = await new FlattenedSign(Buffer.from(text))
    .setProtectedHeader({ alg, jwk: toPublicKey(key), kid: await thumbprintOf(key), ...header })
    .sign(await importJWK({ ...key }, alg), { crit: { b64: true } })
  return { payload, protected: String(rest.protected), signature }
}
