import { runCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { noteFileSettings } from '../../service/file-settings.ts'
import { OVERSIGHT_SETTINGS } from './config.ts'

const OVERSIGHT = {
  name: 'istmo oversight',
  description: 'Runs the auditors’ GraphQL over audit logs until a signal ends it. It reads no environment variable.',
  options: {
    config: {
      flag: 'config',
      value: 'file',
      isRequired: true,
      meaning: 'the file of settings, which are listed below',
      expected: 'the path of a YAML file',
    },
  },
  notes: noteFileSettings(OVERSIGHT_SETTINGS),
  examples: [
    {
      command: 'istmo oversight --config oversight.yaml',
      meaning: 'Follows the audit logs that the file names, and answers auditors.',
    },
  ],
} as const satisfies CommandSpec

/** Runs `istmo oversight`: reads its settings and starts the auditors' GraphQL. Resolves when it listens. */
export async function runOversightCommand(args: readonly string[]): Promise<void> {
  // The import is here so that help and wrong flags do not load the server.
  await runCommand(OVERSIGHT, args, async ({ config }) => (await import('./main.ts')).runOversight(config))
}
