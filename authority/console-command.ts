import { runCommand } from '../service/command-line.ts'
import type { CommandSpec } from '../service/command-spec.ts'
import { noteFileSettings } from '../service/file-settings.ts'
import { CONSOLE_FILE_SETTINGS } from './console/console-server.ts'

const CONSOLE = {
  name: 'istmo console',
  description:
    'Serves the console of a country’s officers until a signal ends it, beside a mandate authority that runs elsewhere. An authority whose ' +
    'settings have `console` serves it itself. It reads no environment variable.',
  options: {
    config: {
      flag: 'config',
      value: 'file',
      isRequired: true,
      meaning: 'the file of settings, which are listed below',
      expected: 'the path of a YAML file',
    },
    development: {
      flag: 'development',
      value: null,
      meaning: 'accept what is not safe for real records, such as plain HTTP; only for made-up records',
    },
  },
  notes: noteFileSettings(CONSOLE_FILE_SETTINGS),
  examples: [
    {
      command: 'istmo console --config console.yaml',
      meaning: 'Serves the console, and passes requests for tokens on to the authority that the file names.',
    },
  ],
} as const satisfies CommandSpec

/** Runs `istmo console`. Resolves when it listens. */
export async function runConsoleCommand(args: readonly string[]): Promise<void> {
  // The import is here so that help and wrong flags do not load the server.
  await runCommand(CONSOLE, args, async (flags) => (await import('./console/console-server.ts')).runConsole(flags))
}
