import { rm, writeFile } from 'node:fs/promises'
import { loadKey, publicJwk } from '../keys.ts'

/**
 * Makes the gateway's key for leg tokens and the JWKS of its public half. The key is new for each run. With the JWKS file, a node can
 * verify leg tokens whether or not the gateway runs.
 * @param keyFile path of the private JWK (mode 0600). @param jwksFile path of the JWKS.
 */
export async function writeLegKey(keyFile: string, jwksFile: string): Promise<void> {
  await rm(keyFile, { force: true })
  const key = await loadKey(keyFile)
  await writeFile(jwksFile, `${JSON.stringify({ keys: [publicJwk(key)] })}\n`)
}
