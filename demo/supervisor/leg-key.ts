import { writeFile } from 'node:fs/promises'
import { loadKey, publicJwk } from '../keys.ts'

/**
 * Makes the gateway's key for leg tokens, if there is none, and the JWKS of its public half. The key stays, because nodes of others pin it. With the JWKS file, a node can
 * verify leg tokens whether or not the gateway runs.
 * @param keyFile path of the private JWK (mode 0600). @param jwksFile path of the JWKS.
 */
export async function writeLegKey(keyFile: string, jwksFile: string): Promise<void> {
  const key = await loadKey(keyFile)
  await writeFile(jwksFile, `${JSON.stringify({ keys: [publicJwk(key)] })}\n`)
}
