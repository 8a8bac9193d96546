import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { NodeKey } from '../../../contract/trust/given-ids.ts'
import { ConfigError } from '../../../service/config-error.ts'

const privateJwk = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().min(1),
  d: z.string().min(1),
})

/**
 * Reads the key with which the node signs the ids that it gives: a private Ed25519 key as a JWK (RFC 8037).
 * @throws {ConfigError} if the file cannot be read, or holds no such key. The message names the file and quotes nothing of it.
 */
export async function readNodeKey(file: string): Promise<NodeKey> {
  try {
    const { kty, crv, x, d } = privateJwk.parse(JSON.parse(await readFile(file, 'utf8')))
    return { privateKey: createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' }), publicKey: { kty, crv, x } }
  } catch (cause) {
    const remedy = 'Make one with `istmo keys --leg`, only for this node, and set --node-key (NODE_KEY_FILE).'
    throw new ConfigError(`${file}: expected a private Ed25519 key as a JWK. ${remedy}`, { cause })
  }
}
