import { rm, writeFile } from 'node:fs/promises'
import { loadKey, publicJwk } from '../issuer/issuer.ts'

/**
 * Makes the gateway's key for leg tokens, new for each run, and the JWKS of its public half, so that a node can check leg
 * tokens whether or not the gateway is up.
 * @param keyFile where the private JWK goes (0600). @param jwksFile where the JWKS goes.
 */
export async function writeLegKey(keyFile: string, jwksFile: string): Promise<void> {
  await rm(keyFile, { force: true })
  const key = await loadKey(keyFile)
  await writeFile(jwksFile, `${JSON.stringify({ keys: [publicJwk(key)] })}\n`)
}
