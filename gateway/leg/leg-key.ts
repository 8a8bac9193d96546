import { readFile } from 'node:fs/promises'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JSONWebKeySet } from 'jose'
import { z } from 'zod'
import { LEG_TOKEN_ALGORITHM } from '../../contract/leg-token.ts'

/** The key with which the gateway signs leg tokens, and the part of it that the gateway publishes. */
export interface LegKey {
  readonly privateKey: CryptoKey
  /** The key's RFC 7638 thumbprint. */
  readonly kid: string
  /** The set that `/.well-known/jwks.json` answers with: only the public part. */
  readonly publicKeys: JSONWebKeySet
}

const privateJwk = z.looseObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().min(1),
  d: z.string('expected the private part `d` of the key').min(1),
})

/**
 * Reads the key that signs leg tokens: the Ed25519 JWK in `file`. Without a file, it generates a key, which the national nodes must
 * then read from the gateway's key set.
 * @throws {Error} if the file holds no such key. The message names the file and the member.
 */
export async function createLegKey(file: string | undefined): Promise<LegKey> {
  const jwk = file === undefined ? await generateJwk() : await readJwk(file)
  const privateKey = (await importJWK({ ...jwk }, LEG_TOKEN_ALGORITHM)) as CryptoKey
  const publicJwk = { kty: jwk.kty, crv: jwk.crv, x: jwk.x }
  const kid = await calculateJwkThumbprint(publicJwk)
  const publicKeys = { keys: [{ ...publicJwk, kid, alg: LEG_TOKEN_ALGORITHM, use: 'sig' }] }
  return Object.freeze({ privateKey, kid, publicKeys })
}

async function generateJwk(): Promise<z.infer<typeof privateJwk>> {
  const pair = await generateKeyPair('Ed25519', { extractable: true })
  return privateJwk.parse(await exportJWK(pair.privateKey))
}

async function readJwk(file: string): Promise<z.infer<typeof privateJwk>> {
  const parsed = privateJwk.safeParse(parseJson(await readFile(file, 'utf8'), file))
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new Error(`${file}: ${issue?.path.join('.')}: ${issue?.message}. Expected a private Ed25519 key as a JWK.`)
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's message quotes the text, which is a private key.
    throw new Error(`${file}: expected a private Ed25519 key as a JWK; came a file that is not JSON.`)
  }
}
