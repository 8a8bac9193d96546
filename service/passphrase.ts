import { readFile, stat } from 'node:fs/promises'
import { CompactEncrypt, compactDecrypt } from 'jose'
import { SWITCH, TEXT } from './command-texts.ts'
import { describeOpenSecret, isSecretOpen } from './private-files.ts'

/** Secrets in files under a passphrase (RFC 7517, section 7). */

/** Whether a key is made under a passphrase. */
export const NEW_PASSPHRASE_OPTIONS = {
  passphrase: SWITCH,
  passphraseFile: TEXT,
} as const

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
 * Decrypts keys under the passphrase that {@link readPassphrase} reads.
 * @param file the file of the keys, for the messages
 * @throws {Error} if the passphrase is wrong. The message names the remedy.
 */
export async function decryptKeys(
  file: string,
  jwe: string,
  passphraseFile: string | undefined,
  io: PassphraseIo,
): Promise<unknown> {
  const passphrase = await readPassphrase(passphraseFile, `${file}: `, io)
  try {
    const { plaintext } = await compactDecrypt(jwe, Buffer.from(passphrase.normalize('NFC')), {
      keyManagementAlgorithms: ['PBES2-HS512+A256KW'],
      contentEncryptionAlgorithms: ['A256GCM'],
      maxPBES2Count: MAX_PBKDF2_ROUNDS,
    })
    return JSON.parse(Buffer.from(plaintext).toString('utf8'))
  } catch {
    const remedy =
      passphraseFile === undefined
        ? 'Try again, or give --passphrase-file'
        : `Look at the first line of ${passphraseFile}`
    throw new Error(`${file}: expected the passphrase of this key; came another. ${remedy}`)
  }
}

/**
 * Reads a passphrase from the first line of a file, or asks for it.
 * @throws {Error} if there is neither a file nor somebody to ask, or it is empty.
 */
async function readPassphrase(file: string | undefined, prompt: string, io: PassphraseIo): Promise<string> {
  const [typed] =
    file === undefined
      ? [await io.ask(`${prompt}passphrase: `, true)]
      : (await readFile(file, 'utf8')).split(/\r?\n/, 1)
  if (typed) return typed
  throw new Error(`${prompt}expected a passphrase on the terminal or in --passphrase-file; came none`)
}

/**
 * Reads the passphrase of a new key. Who types it, types it twice. Resolves to undefined if none was asked for.
 * @throws {Error} if it was not typed the same twice, or as {@link readPassphrase}.
 */
export async function readNewPassphrase(
  line: { readonly file: string; readonly passphrase: boolean; readonly passphraseFile?: string | undefined },
  io: PassphraseIo,
): Promise<string | undefined> {
  const { file, passphrase, passphraseFile } = line
  if (!passphrase && passphraseFile === undefined) return undefined
  const secret = await readPassphrase(passphraseFile, `${file}: `, io)
  if (passphraseFile !== undefined || (await io.ask('once more: ', true)) === secret) return secret
  throw new Error('expected the same passphrase twice; came another. No key was made')
}

/** Checks that nobody else may use the file of a key. @throws {Error} with the remedy if others may. */
export async function checkPrivate(file: string): Promise<void> {
  if (!isSecretOpen(await stat(file))) return
  const { danger, remedy } = describeOpenSecret('the key', file)
  throw new Error(`${danger}. ${remedy}`)
}
