import { executeCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { NEW_PASSPHRASE_OPTIONS, readNewPassphrase } from '../../service/passphrase.ts'
import type { MandatesIo } from './io.ts'
import { CURVES, makeKeyFile, readKeyFile } from './key-file.ts'

const KEY = {
  name: 'istmo mandates key',
  description:
    'Makes your own key for signing mandates, in a file that only you can read, and prints its thumbprint. Partners pin the thumbprints of approvers. ' +
    'If the file exists, prints the thumbprint of the key in it.',
  arguments: { file: { meaning: 'the file of the key' } },
  options: {
    curve: {
      flag: 'curve',
      value: 'curve',
      expected: `one of ${CURVES.join(', ')}`,
      default: 'Ed25519',
      meaning: 'the curve of the key',
      parse: (text: string) => CURVES.find((each) => each === text),
    },
    ...NEW_PASSPHRASE_OPTIONS,
  },
  examples: [{ command: 'istmo mandates key ana.key --passphrase', meaning: 'Makes ana.key under a passphrase.' }],
} as const satisfies CommandSpec

/** Runs `istmo mandates key`. Resolves to the exit code. */
export function runKey(args: readonly string[], io: MandatesIo): Promise<number> {
  return executeCommand(
    KEY,
    args,
    async (line) => {
      const { file, curve } = line
      const found = await readKeyFile(file)
      if (found !== undefined) return void io.out.write(`${found.kid}\n`)
      const secret = await readNewPassphrase(line, io)
      const { kid } = await makeKeyFile(file, curve, secret)
      io.out.write(`${kid}\n`)
      if (secret === undefined) io.err.write(`${file} has no passphrase: whoever reads it can sign as you.\n`)
    },
    io,
  )
}
