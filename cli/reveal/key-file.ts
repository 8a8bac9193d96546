import { readFile, stat, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { parseJson } from '../../contract/json-value.ts'
import {
  generateRevealKeys,
  type RevealPrivateKeys,
  type RevealPublicKey,
  readPrivateKeys,
  type SEALING_CURVES,
  toPublicKeys,
} from '../../contract/trust/reveal/reveal-keys.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { describeOpenSecret, isSecretOpen } from '../../service/private-files.ts'
import { decryptKeys, encryptKeys, type PassphraseIo, readPassphrase } from '../passphrase.ts'

/**
 * The file with the keys of somebody who takes part in a reveal: a JWK Set, or an encrypted one under a passphrase. Only its owner can read it.
 * The public part stands beside it in `FILE.jwks.json`, for the settings of authorities.
 */

const KEY_FILE = z.union([
  z.strictObject({ keys: z.array(z.unknown()) }),
  z.strictObject({ encryptedKeys: z.string().max(65_536) }),
])

/** Which keys a file gets. */
export interface NewKeys {
  readonly curve: (typeof SEALING_CURVES)[number]
  /** Whether there is a pair that signs requests. */
  readonly signs: boolean
  /** Encrypts the keys; undefined leaves them readable for whoever reads the file. */
  readonly passphrase: string | undefined
}

/** Returns the path of the public part. */
export function publicPathOf(file: string): string {
  return `${file}.jwks.json`
}

/** Makes a key file, and the file of its public part. Never replaces one. Resolves to the public keys. */
export async function makeRevealKeyFile(
  file: string,
  { curve, signs, passphrase }: NewKeys,
): Promise<readonly RevealPublicKey[]> {
  const keys = await generateRevealKeys(curve, signs)
  const secret =
    passphrase === undefined ? { keys } : { encryptedKeys: await encryptKeys({ keys }, 'jwk-set+json', passphrase) }
  const shown = toPublicKeys(keys)
  await writeFile(file, `${JSON.stringify(secret, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' })
  await writeFile(publicPathOf(file), `${JSON.stringify({ keys: shown }, undefined, 2)}\n`, { flag: 'wx' })
  return shown
}

/**
 * Opens key files. The keys of the first file come first; older files open what was sealed to them.
 * @param passphraseFile a file with the passphrase in its first line, for all of them; without it, the person is asked.
 * @throws {Error} if a file is missing or of another form, others may read it, or the passphrase is wrong. The message names the remedy.
 */
export async function openRevealKeyFiles(
  files: readonly string[],
  passphraseFile: string | undefined,
  io: PassphraseIo,
): Promise<RevealPrivateKeys> {
  const all: RevealPrivateKeys[] = []
  for (const file of files) all.push(await openOne(file, passphraseFile, io))
  return {
    sealing: all.flatMap(({ sealing }) => sealing),
    signing: all.flatMap(({ signing }) => signing),
    verifying: all.flatMap(({ verifying }) => verifying),
  }
}

async function openOne(file: string, passphraseFile: string | undefined, io: PassphraseIo): Promise<RevealPrivateKeys> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(
      `${file}: expected a file of keys; it cannot be read: ${describeFileError(error)}. Make one with the command key`,
    )
  })
  if (isSecretOpen(await stat(file))) {
    const { danger, remedy } = describeOpenSecret('the key', file)
    throw new Error(`${danger}. ${remedy}`)
  }
  const parsed = KEY_FILE.safeParse(parseJson(text))
  if (!parsed.success) {
    throw new Error(`${file}: expected the secret file that the command key made; came another file`)
  }
  const keys =
    'keys' in parsed.data
      ? parsed.data
      : await decryptKeys(file, parsed.data.encryptedKeys, await readPassphrase(passphraseFile, `${file}: `, io))
  try {
    return await readPrivateKeys(JSON.stringify(keys))
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`)
  }
}
