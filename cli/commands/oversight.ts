import type { IstmoCommand } from '../program.ts'

/** The commands for auditors who serve audit logs to others. */
export const OVERSIGHT_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'oversight',
    description: 'run the auditors’ GraphQL over audit logs',
    run: async (args) => (await import('../../auditors/oversight/oversight-command.ts')).runOversightCommand(args),
  },
]
