import type { IstmoCommand } from '../program.ts'

/** The commands for auditors who serve an audit log to others. */
export const OVERSIGHT_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'oversight',
    description: 'run the auditors’ GraphQL over the record: --config FILE',
    run: async (args) => (await import('../../oversight/main.ts')).runOversight(args),
  },
]
