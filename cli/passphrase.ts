import { readFile } from 'node:fs/promises'
import { CompactEncrypt, compactDecrypt } from 'jose'

/** Secrets in files under a passphrase (RFC 7517, section 7). */

/** How often PBKDF2 with SHA-512 is applied to a passphrase, and how often a file may ask for. */
const PBKDF2_ROUNDS = 210_000
const MAX_PBKDF2_ROUNDS = 2_000_000

/** Who can be asked for a passphrase. */
export interface PassphraseIo {
  /** Asks a question and resolves to the answer; null if nobody can be asked. `isSecret`: what is typed is not shown. */
  readonly ask: (question: string, isSecret?: boolean) => Promise<string | null>
}

/**
 * Encrypts keys under a passphrase.
 * @param keys a value that JSON can hold
 * @param type the content type: `jwk+json` or `jwk-set+json`
 * @returns JWE in compact form.
 */
export function encryptKeys(keys: unknown, type: 'jwk+json' | 'jwk-set+json', passphrase: string): Promise<string> {
  return new CompactEncrypt(Buffer.from(JSON.stringify(keys)))
    .setProtectedHeader({ alg: 'PBES2-HS512+A256KW', enc: 'A256GCM', cty: type })
    .setKeyManagementParameters({ p2c: PBKDF2_ROUNDS })
    .encrypt(Buffer.from(passphrase.normalize('NFC')))
}

/**
 * Decrypts keys.
 * @param file the file of the keys, for the message
 * @throws {Error} if the passphrase is wrong. The message names the remedy.
 */
export async function decryptKeys(file: string, jwe: string, passphrase: string): Promise<unknown> {
  try {
    const { plaintext } = await compactDecrypt(jwe, Buffer.from(passphrase.normalize('NFC')), {
      keyManagementAlgorithms: ['PBES2-HS512+A256KW'],
      contentEncryptionAlgorithms: ['A256GCM'],
      maxPBES2Count: MAX_PBKDF2_ROUNDS,
    })
    return JSON.parse(Buffer.from(plaintext).toString('utf8'))
  } catch {
    throw new Error(`${file}: expected the passphrase of this key; came another. Try again, or give --passphrase-file`)
  }
}

/**
 * Reads a passphrase from the first line of a file, or asks for it.
 * @throws {Error} if there is neither a file nor somebody to ask, or it is empty.
 */
export async function readPassphrase(file: string | undefined, prompt: string, io: PassphraseIo): Promise<string> {
  const [typed] =
    file === undefined
      ? [await io.ask(`${prompt}passphrase: `, true)]
      : (await readFile(file, 'utf8')).split(/\r?\n/, 1)
  if (typed) return typed
  throw new Error(`${prompt}expected a passphrase on the terminal or in --passphrase-file; came none`)
}
