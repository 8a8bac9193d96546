/** A node's key as `signGivenIds` takes it. */
import { createPrivateKey } from 'node:crypto'
import { decodeJwt, exportJWK } from 'jose'
import type { TestKey } from '../../contract/trust/country-token/testing.ts'
import type { signGivenIds } from '../../contract/trust/given-ids.ts'

/** Converts a key. */
export async function toNodeKey({
  privateKey,
  publicJwk,
}: Pick<TestKey, 'privateKey' | 'publicJwk'>): Promise<Parameters<typeof signGivenIds>[1]> {
  const key = createPrivateKey({ key: { ...(await exportJWK(privateKey)) }, format: 'jwk' })
  return { privateKey: key, publicKey: { kty: 'OKP', crv: 'Ed25519', x: String(publicJwk.x) } }
}

/** The `jti` of a statement's JWT. */
export function jtiOf(jwt: string): string {
  return String(decodeJwt(jwt).jti)
}
