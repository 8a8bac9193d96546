/** The keys that sign an authority's tokens, and their rotation while the authority runs (docs/design/trust.md, Who signs what). */

import { readFile } from 'node:fs/promises'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { z } from 'zod'
import { ConfigError } from '../../service/config-error.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { replaceFile } from '../../service/replace-file.ts'

/** How long a new key is published before it signs, in seconds. */
export const PUBLISHED_BEFORE_USE_S = 900

/** How long a replaced key stays in the key set, in seconds: the longest token of it, and the difference of clocks. */
const KEPT_AFTER_USE_S = 600 + 30

/** The signature algorithm of the authority's tokens. */
export const SIGNING_ALGORITHM = 'EdDSA'

const keySchema = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().min(1),
  d: z.string().min(1),
  /** When the key was added, in seconds since 1970. */
  added: z.int().min(0),
})
const fileSchema = z.strictObject({ keys: z.array(keySchema).min(1).max(64) })

/** A key that signs tokens. */
export interface SigningKey {
  /** Its RFC 7638 thumbprint. */
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly publicJwk: JWK
  /** From when on it signs, and until when it is in the key set, in seconds since 1970. */
  readonly usedFromS: number
  readonly keptUntilS: number
}

/**
 * Reads the file of signing keys.
 * @returns the keys, oldest first. The first one signs at once; each later one begins 15 minutes after it was added, and the one before it
 * stays until the last token that it signed has ended.
 * @throws {ConfigError} if the file cannot be used. The message quotes nothing of it.
 */
export async function readSigningKeys(file: string): Promise<readonly SigningKey[]> {
  const { keys } = await readFileOf(file)
  const begins = keys.map(({ added }, at) => (at === 0 ? 0 : added + PUBLISHED_BEFORE_USE_S))
  return Promise.all(
    keys.map(async ({ added: _, ...jwk }, at): Promise<SigningKey> => {
      const { d: _secret, ...shown } = jwk
      const [privateKey, publicKey] = await Promise.all([
        importJWK(jwk, SIGNING_ALGORITHM),
        importJWK(shown, SIGNING_ALGORITHM),
      ]).catch((cause: unknown) => {
        throw wrongFile(file, 'the halves of each key to fit', cause)
      })
      const kid = await calculateJwkThumbprint(shown)
      const next = begins[at + 1]
      return {
        kid,
        privateKey: privateKey as CryptoKey,
        publicKey: publicKey as CryptoKey,
        publicJwk: { ...shown, kid, alg: SIGNING_ALGORITHM, use: 'sig' },
        usedFromS: begins[at] ?? 0,
        keptUntilS: next === undefined ? Number.POSITIVE_INFINITY : next + KEPT_AFTER_USE_S,
      }
    }),
  )
}

/**
 * Adds a new key to the file, or makes the file with its first key. Replaces the file atomically; only its owner can read it.
 * @param nowS seconds since 1970.
 * @returns the thumbprint of the new key.
 * @throws {ConfigError} if the file exists and cannot be used.
 */
export async function addSigningKey(file: string, nowS: number): Promise<string> {
  const before = await readFileOf(file).catch((error: unknown) => {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException
    if (code === 'ENOENT') return { keys: [] }
    throw error
  })
  const { privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { crv: 'Ed25519', extractable: true })
  const { x = '', d = '' } = await exportJWK(privateKey)
  const shown = { kty: 'OKP', crv: 'Ed25519', x } as const
  const content: z.infer<typeof fileSchema> = { keys: [...before.keys, { ...shown, d, added: Math.floor(nowS) }] }
  await replaceFile(file, `${JSON.stringify(content, undefined, 2)}\n`)
  return calculateJwkThumbprint(shown)
}

async function readFileOf(file: string): Promise<z.infer<typeof fileSchema>> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    // Not the error of the parser: it may quote a key.
    const came = cause instanceof SyntaxError ? 'came something else' : describeFileError(cause)
    throw wrongFile(file, `JSON; ${came}`, cause)
  }
  const parsed = fileSchema.safeParse(value)
  if (parsed.success) return parsed.data
  // Not the error of the schema: it may quote a key.
  throw wrongFile(file, 'Ed25519 keys in the form that `istmo authority --new-signing-key` writes; came another form')
}

function wrongFile(file: string, expected: string, cause?: unknown): ConfigError {
  return new ConfigError(
    `${file}: expected ${expected}. Correct signingKeys, or make the file with \`istmo authority --new-signing-key\`.`,
    { cause },
  )
}
