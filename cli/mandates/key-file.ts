import { generateKeyPairSync } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { parseJson } from '../../contract/json-value.ts'
import {
  type PersonalPrivateKey,
  type PersonalPublicKey,
  thumbprintOf,
  toPublicKey,
} from '../../contract/trust/personal-jws.ts'
import { checkPrivate, decryptKeys, encryptKeys } from '../../service/passphrase.ts'
import type { MandatesIo } from './io.ts'

/**
 * The file with a person's own key: a JWK, or an encrypted JWK (RFC 7517, section 7) under a passphrase. Only its owner can read it. The authority
 * never has it.
 */

/** The curves of a person's key. */
export const CURVES = ['Ed25519', 'P-256'] as const

const REMEDY = 'Make a key with `istmo mandates key FILE`.'

const KEY_FILE = z.strictObject({
  kid: z.string(),
  publicKey: z.looseObject({ kty: z.string() }),
  /** The private key as a JWK; or the same as a JWE in compact form. */
  privateKey: z.looseObject({ d: z.string() }).optional(),
  encryptedKey: z.string().optional(),
})

/** A person's key file, without the secret. */
export interface KeyFile {
  /** The thumbprint, which partners pin. */
  readonly kid: string
  readonly publicKey: PersonalPublicKey
  readonly isEncrypted: boolean
}

/**
 * Makes a key file. Never replaces one.
 * @param passphrase encrypts the key; undefined leaves it readable for whoever reads the file.
 */
export async function makeKeyFile(
  file: string,
  curve: (typeof CURVES)[number],
  passphrase: string | undefined,
): Promise<KeyFile> {
  const { privateKey } =
    curve === 'Ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = privateKey.export({ format: 'jwk' })
  const publicKey = toPublicKey(jwk)
  const kid = await thumbprintOf(publicKey)
  const whole = { ...publicKey, d: String(jwk.d) }
  const secret =
    passphrase === undefined
      ? { privateKey: whole }
      : { encryptedKey: await encryptKeys(whole, 'jwk+json', passphrase) }
  await writeFile(file, `${JSON.stringify({ kid, publicKey, ...secret }, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' })
  return { kid, publicKey, isEncrypted: passphrase !== undefined }
}

/**
 * Reads a key file without its secret. Resolves to undefined if there is no file.
 * @throws {Error} if it is not a key file. The message shows nothing of it.
 */
export async function readKeyFile(file: string): Promise<KeyFile | undefined> {
  const found = await readParts(file)
  if (found === undefined) return undefined
  const publicKey = toPublicKey(found.publicKey)
  return { kid: await thumbprintOf(publicKey), publicKey, isEncrypted: found.encryptedKey !== undefined }
}

/**
 * Opens a key file to sign.
 * @param passphraseFile a file with the passphrase in its first line; without it, the person is asked.
 * @throws {Error} if there is no such key, others may read it, or the passphrase is wrong. The message names the remedy.
 */
export async function openKeyFile(
  file: string,
  passphraseFile: string | undefined,
  io: MandatesIo,
): Promise<PersonalPrivateKey> {
  const found = await readParts(file)
  if (found === undefined) throw new Error(`${file}: expected a person’s key; there is no file. ${REMEDY}`)
  await checkPrivate(file)
  const { encryptedKey = '' } = found
  const privateKey: { readonly d?: unknown } = Object(
    found.privateKey ?? (await decryptKeys(file, encryptedKey, passphraseFile, io)),
  )
  const key = { ...toPublicKey(privateKey), d: String(privateKey.d) }
  if ((await thumbprintOf(key)) === (await thumbprintOf(toPublicKey(found.publicKey)))) return key
  throw new Error(`${file}: expected a private key that fits the public one; came another. ${REMEDY}`)
}

async function readParts(file: string): Promise<z.infer<typeof KEY_FILE> | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const parsed = KEY_FILE.safeParse(parseJson(text))
  if (parsed.success && (parsed.data.privateKey === undefined) !== (parsed.data.encryptedKey === undefined)) {
    return parsed.data
  }
  throw new Error(`${file}: expected a person’s key as \`istmo mandates key\` makes it; came another file. ${REMEDY}`)
}
