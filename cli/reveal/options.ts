import { SEALING_CURVES } from '../../contract/trust/reveal/reveal-keys.ts'

/** Options that several commands about reveals have. */

const FILE = { value: 'file', expected: 'the path of a file' } as const

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
  passphrase: { flag: 'passphrase', value: null, meaning: 'ask for a passphrase that encrypts the file' },
  passphraseFile: { flag: 'passphrase-file', ...FILE, meaning: 'a file whose first line is the passphrase' },
} as const
