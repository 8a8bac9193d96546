import { executeCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import type { MandatesIo } from '../mandates/io.ts'
import { makeNewKey } from './new-key.ts'
import { NEW_KEY_OPTIONS } from './options.ts'

const KEY = {
  name: 'istmo reveal key',
  description:
    'Makes the authority’s reveal key, and prints its thumbprint. The security officer keeps the file, and not on the authority’s machine; the ' +
    'authority’s settings name the public part, which stands in FILE.jwks.json.',
  arguments: { file: { meaning: 'the file of the key' } },
  options: NEW_KEY_OPTIONS,
  examples: [{ command: 'istmo reveal key reveal.key --passphrase', meaning: 'Makes reveal.key under a passphrase.' }],
} as const satisfies CommandSpec

/** Runs `istmo reveal key`. Resolves to the exit code. */
export function runRevealKey(args: readonly string[], io: MandatesIo): Promise<number> {
  return executeCommand(
    KEY,
    args,
    async (line) => void io.out.write(`${(await makeNewKey(line, false, io)).join('\n')}\n`),
    io,
  )
}
