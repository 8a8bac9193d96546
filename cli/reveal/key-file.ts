import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { parseJson } from '../../contract/json-value.ts'
import {
  generateRevealKeys,
  type RevealPrivateKeys,
  readPrivateKeys,
  SEALING_CURVES,
  toPublicKeys,
} from '../../contract/trust/reveal/reveal-keys.ts'
import { type CommandLine, FILE } from '../../service/command-spec.ts'
import { describeFileError } from '../../service/describe-error.ts'
import {
  checkPrivate,
  decryptKeys,
  encryptKeys,
  NEW_PASSPHRASE_OPTIONS,
  type PassphraseIo,
  readNewPassphrase,
} from '../passphrase.ts'

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
  passphraseFile: {
    flag: 'passphrase-file',
    ...FILE,
    meaning: 'a file with the passphrase of your keys; without it, you are asked',
  },
} as const

/** How a key file is made. */
export const NEW_KEY_OPTIONS = {
  curve: {
    flag: 'curve',
    value: 'curve',
    expected: `one of ${SEALING_CURVES.join(', ')}`,
    default: 'X25519',
    meaning: 'the curve of the key to which others seal',
    parse: (text: string) => SEALING_CURVES.find((each) => each === text),
  },
  ...NEW_PASSPHRASE_OPTIONS,
} as const

/**
 * Makes a key file and the file of its public part, as a command line asks. Never replaces one.
 * @param signs whether there is a pair that signs requests: an auditor's keys have one.
 * @returns what the command prints: each thumbprint and what its key does.
 * @throws {Error} if the file exists, or the passphrase was not typed the same twice.
 */
export async function makeRevealKeyFile(
  line: CommandLine<{ name: ''; description: ''; options: typeof NEW_KEY_OPTIONS }> & { readonly file: string },
  signs: boolean,
  io: PassphraseIo,
): Promise<readonly string[]> {
  const { file } = line
  const passphrase = await readNewPassphrase(line, io)
  const keys = await generateRevealKeys(line.curve, signs)
  const secret =
    passphrase === undefined ? { keys } : { encryptedKeys: await encryptKeys({ keys }, 'jwk-set+json', passphrase) }
  const shown = toPublicKeys(keys)
  await writeFile(file, `${JSON.stringify(secret, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' })
  await writeFile(`${file}.jwks.json`, `${JSON.stringify({ keys: shown }, undefined, 2)}\n`, { flag: 'wx' })
  return [
    ...shown.map(({ kid, use }) => `${kid}  ${use === 'sig' ? 'signs requests' : 'opens what is sealed to it'}`),
    `public part: ${file}.jwks.json`,
  ]
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
  await checkPrivate(file)
  const { data } = KEY_FILE.safeParse(parseJson(text))
  if (data === undefined)
    throw new Error(`${file}: expected the secret file that the command key made; came another file`)
  const keys = 'keys' in data ? data : await decryptKeys(file, data.encryptedKeys, passphraseFile, io)
  return readPrivateKeys(JSON.stringify(keys)).catch((error: unknown) => {
    throw new Error(`${file}: ${(error as Error).message}`)
  })
}
