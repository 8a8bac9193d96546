import { runCommand } from '../service/command-line.ts'
import type { CommandSpec } from '../service/command-spec.ts'
import { noteFileSettings } from '../service/file-settings.ts'
import { AUTHORITY_SETTINGS } from './settings/settings.ts'

const AUTHORITY = {
  name: 'istmo authority',
  description:
    'Runs the mandate authority of a country until a signal ends it. SIGHUP makes it read its clients, login providers and signing keys ' +
    'again. It reads one environment variable, DATABASE_URL. With --new-signing-key it adds a key instead, and prints its thumbprint.',
  options: {
    config: {
      flag: 'config',
      value: 'file',
      isRequired: true,
      meaning: 'the file of settings, which are listed below',
      expected: 'the path of a YAML file',
    },
    host: { flag: 'host', value: 'address', meaning: 'address to listen on, instead of the file’s' },
    port: {
      flag: 'port',
      value: 'number',
      meaning: 'port to listen on, instead of the file’s; 0 takes a free one',
      expected: 'a whole number from 0 to 65535',
      parse: parsePort,
    },
    suspensions: {
      flag: 'suspensions',
      value: 'dir',
      meaning:
        'folder in which the authority keeps what is suspended, and takes what `istmo suspend` puts there, instead of the file’s',
    },
    newSigningKey: {
      flag: 'new-signing-key',
      value: null,
      meaning:
        'add a key to the file of signing keys, or make the file, and exit. A running authority publishes the key at once, and signs with ' +
        'it after 15 minutes',
    },
    development: {
      flag: 'development',
      value: null,
      meaning:
        'accept what is not safe for real records, such as tokens that are not bound to a key; only for made-up records',
    },
  },
  notes: noteFileSettings(AUTHORITY_SETTINGS),
  examples: [
    {
      command: 'istmo authority --config authority.yaml --new-signing-key',
      meaning: 'Makes the key that signs tokens, or adds the next one. Partners pin its thumbprint.',
    },
    {
      command: 'istmo authority --config authority.yaml',
      meaning: 'Gives tokens to the tools and gateways that the file of clients names.',
    },
  ],
} as const satisfies CommandSpec

function parsePort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  return port <= 65_535 ? port : undefined
}

/** Runs `istmo authority`: starts a mandate authority, or adds a signing key. Resolves when it listens, or when the key is written. */
export async function runAuthorityCommand(args: readonly string[]): Promise<void> {
  // The imports are here so that help and wrong flags do not load the server.
  await runCommand(AUTHORITY, args, async ({ newSigningKey, ...flags }) => {
    if (!newSigningKey) return (await import('./main.ts')).runAuthority(flags)
    const { addSigningKey } = await import('./keys/signing-keys.ts')
    const { readAuthoritySettings } = await import('./settings/settings.ts')
    const { signingKeys } = await readAuthoritySettings(flags.config)
    process.stdout.write(`${await addSigningKey(signingKeys, Date.now() / 1_000)}\n`)
  })
}
