import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { parseJson } from '../../contract/json-value.ts'
import { DocumentError } from '../../contract/trust/personal-jws.ts'
import {
  generateRevealKeys,
  type RevealPrivateKeys,
  readPrivateKeys,
  readPublicKeys,
  SEALING_CURVES,
  toPublicKeys,
} from '../../contract/trust/reveal/reveal-keys.ts'
import type { CommandLine } from '../../service/command-spec.ts'
import { oneOf, TEXT } from '../../service/command-texts.ts'
import { describeFileError } from '../../service/describe-error.ts'
import {
  checkPrivate,
  decryptKeys,
  encryptKeys,
  NEW_PASSPHRASE_OPTIONS,
  type PassphraseIo,
  readNewPassphrase,
} from '../../service/passphrase.ts'

/**
 * The file with the keys of somebody who takes part in a reveal: a JWK Set, or an encrypted one under a passphrase. Only its owner can read it.
 * The public part stands beside it in `FILE.jwks.json`, for the settings of authorities.
 */

const KEY_FILE = z.union([
  z.strictObject({ keys: z.array(z.unknown()) }),
  z.strictObject({ encryptedKeys: z.string().max(65_536) }),
])

/** The passphrase of a key, for scripts. */
export const PASSPHRASE_FILE_OPTION = {
  passphraseFile: TEXT,
} as const

/** How a key file is made. */
export const NEW_KEY_OPTIONS = {
  curve: { ...oneOf(SEALING_CURVES), default: 'X25519' },
  ...NEW_PASSPHRASE_OPTIONS,
} as const

/**
 * Makes a key file and the file of its public part, as a command line asks. Never replaces one: if both exist, it says what they are.
 * @param signs whether there is a pair that signs requests: an auditor's keys have one.
 * @returns what the command prints: each thumbprint and what its key does.
 * @throws {Error} if only one of both files exists, the public one is of another form, or the passphrase was not typed the same twice.
 */
export async function makeRevealKeyFile(
  line: CommandLine<{ name: ''; description: ''; options: typeof NEW_KEY_OPTIONS }> & { readonly file: string },
  signs: boolean,
  io: PassphraseIo,
): Promise<readonly string[]> {
  const { file } = line
  const publicPart = `${file}.jwks.json`
  if (existsSync(file) || existsSync(publicPart)) return describeMade(file, publicPart)
  const passphrase = await readNewPassphrase(line, io)
  const keys = await generateRevealKeys(line.curve, signs)
  const secret =
    passphrase === undefined ? { keys } : { encryptedKeys: await encryptKeys({ keys }, 'jwk-set+json', passphrase) }
  await writeFile(file, `${JSON.stringify(secret, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' })
  await writeFile(publicPart, `${JSON.stringify({ keys: toPublicKeys(keys) }, undefined, 2)}\n`, { flag: 'wx' })
  return describeMade(file, publicPart)
}

/** Says what the keys of two files that were made together do. */
async function describeMade(file: string, publicPart: string): Promise<readonly string[]> {
  const missing = [file, publicPart].find((path) => !existsSync(path))
  if (missing !== undefined) {
    const there = missing === file ? publicPart : file
    throw new Error(
      `${missing}: expected it beside ${there}, with which it was made; it is not there. Bring it back, or name another file`,
    )
  }
  await readKeyFile(file)
  const { sealing, signing } = await nameFile(publicPart, 'Bring back the one that was made', async () =>
    readPublicKeys(await readFile(publicPart, 'utf8')),
  )
  return [
    ...sealing.map(({ kid }) => `${kid}  opens what is sealed to it`),
    ...signing.map(({ kid }) => `${kid}  signs requests`),
    `public part: ${publicPart}`,
  ]
}

/**
 * Does something with a file. What is wrong with a document in it is said with the file's name and what helps.
 * @param remedy what a person can do, as a sentence without its full stop.
 * @throws {DocumentError} for one that `work` threw.
 */
export async function nameFile<Value>(file: string, remedy: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error
    throw new DocumentError(`${file}: ${error.message}. ${remedy}`, { cause: error })
  }
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
  const data = await readKeyFile(file)
  await checkPrivate(file)
  const keys = 'keys' in data ? data : await decryptKeys(file, data.encryptedKeys, passphraseFile, io)
  return nameFile(file, REMEDY, () => readPrivateKeys(JSON.stringify(keys)))
}

const REMEDY = 'Make one with the command key'

async function readKeyFile(file: string): Promise<z.infer<typeof KEY_FILE>> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`${file}: expected a file of keys; it cannot be read: ${describeFileError(error)}. ${REMEDY}`)
  })
  const { data } = KEY_FILE.safeParse(parseJson(text))
  if (data !== undefined) return data
  throw new Error(`${file}: expected the secret file that the command key made; came another file. ${REMEDY}`)
}
