import type { SEALING_CURVES } from '../../contract/trust/reveal/reveal-keys.ts'
import { type PassphraseIo, readPassphrase } from '../passphrase.ts'
import { makeRevealKeyFile, publicPathOf } from './key-file.ts'

/** What somebody asked for on the command line. */
export interface NewKeyLine {
  readonly file: string
  readonly curve: (typeof SEALING_CURVES)[number]
  readonly passphrase: boolean
  readonly passphraseFile?: string | undefined
}

/**
 * Makes a key file as a command line asks, and returns what the command prints: each thumbprint and what its key does.
 * @throws {Error} if the file exists, or the passphrase was not typed the same twice.
 */
export async function makeNewKey(
  { file, curve, passphrase, passphraseFile }: NewKeyLine,
  signs: boolean,
  io: PassphraseIo,
): Promise<readonly string[]> {
  const isEncrypted = passphrase || passphraseFile !== undefined
  const secret = isEncrypted ? await readPassphrase(passphraseFile, `${file}: `, io) : undefined
  if (secret !== undefined && passphraseFile === undefined && (await io.ask('once more: ', true)) !== secret) {
    throw new Error('expected the same passphrase twice; came another. No key was made')
  }
  const keys = await makeRevealKeyFile(file, { curve, signs, passphrase: secret })
  return [
    ...keys.map(({ kid, use }) => `${kid}  ${use === 'sig' ? 'signs requests' : 'opens what is sealed to it'}`),
    `public part: ${publicPathOf(file)}`,
  ]
}
