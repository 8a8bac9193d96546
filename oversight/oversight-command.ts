import { runCommand } from '../service/command-line.ts'
import type { CommandSpec } from '../service/command-spec.ts'
import { OVERSIGHT_SETTINGS } from './config.ts'

const OVERSIGHT = {
  name: 'istmo oversight',
  description: 'Runs the auditors’ GraphQL over audit logs until a signal ends it. It reads no environment variable.',
  options: {
    config: {
      flag: 'config',
      value: 'file',
      isRequired: true,
      meaning: 'the settings, which are listed below',
      expected: 'the path of a YAML file',
    },
  },
  notes: {
    'Settings in the file (paths start from its folder)': Object.fromEntries(
      Object.entries(OVERSIGHT_SETTINGS).map(([key, { meaning, default: byDefault }]) => {
        return [key, `${meaning} (${byDefault === undefined ? 'required' : `default: ${byDefault}`})`]
      }),
    ),
  },
  examples: [
    {
      command: 'istmo oversight --config oversight.yaml',
      meaning: 'Follows the logs that the file names, and answers.',
    },
  ],
} as const satisfies CommandSpec

/** `istmo oversight`: reads its settings and runs the auditors' GraphQL. Resolves when it listens. */
export async function runOversightCommand(args: readonly string[]): Promise<void> {
  // Help and wrong flags are answered without loading the server.
  await runCommand(OVERSIGHT, args, async ({ config }) => (await import('./main.ts')).runOversight(config))
}
