import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { NodeKey } from '../../../contract/trust/given-ids.ts'
import { ConfigError } from '../../../service/config-error.ts'
import { describeFileError } from '../../../service/describe-error.ts'

const privateJwk = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().min(1),
  d: z.string().min(1),
})

/**
 * Reads the key with which the node signs the ids that it gives: a private Ed25519 key as a JWK (RFC 8037).
 * @throws {ConfigError} if the file cannot be read, or holds no such key. The message names the file and says what kind of key it has, if any.
 */
export async function readNodeKey(file: string): Promise<NodeKey> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    // No advice to make a key: a new one would have to be sent to all partners.
    throw new ConfigError(
      `${file}: expected a file that can be read; ${describeFileError(cause)}. Correct --node-key (NODE_KEY_FILE).`,
      { cause },
    )
  })
  try {
    const { kty, crv, x, d } = privateJwk.parse(JSON.parse(text))
    return { privateKey: createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' }), publicKey: { kty, crv, x } }
  } catch (cause) {
    const remedy = 'Make one with `istmo keys --leg`, only for this node, and set --node-key (NODE_KEY_FILE).'
    throw new ConfigError(`${file}: expected a private Ed25519 key as a JWK; came ${describeKey(text)}. ${remedy}`, {
      cause,
    })
  }
}

/** Says what kind of key a text has. It quotes only words that are not secret. */
function describeKey(text: string): string {
  if (text.trim() === '') return 'an empty file'
  if (text.includes('-----BEGIN ')) return 'PEM'
  try {
    const { kty, crv, d } = Object(JSON.parse(text)) as Readonly<Record<'kty' | 'crv' | 'd', unknown>>
    const kind = [kty, crv].filter((word) => typeof word === 'string' && /^[\w-]{1,20}$/.test(word)).join(' ')
    if (kind === '') return 'JSON without a key'
    return d === undefined ? `a public key (${kind})` : `a damaged key, or one of another kind (${kind})`
  } catch {
    return 'no JSON: the file may be cut off'
  }
}
