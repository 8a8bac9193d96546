import type { IstmoCommand } from '../program.ts'

/** The commands for a country that sends callers. */
export const AUTHORITY_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'authority',
    description: 'run the mandate authority of a country that sends callers',
    run: async (args) => (await import('../../authority/authority-command.ts')).runAuthorityCommand(args),
  },
  {
    name: 'console',
    description: 'serve the console of a country’s officers beside its mandate authority',
    run: async (args) => (await import('../../authority/console-command.ts')).runConsoleCommand(args),
  },
  {
    name: 'reveal',
    description: 'reveal to an auditor which officer stands behind a pseudonym, with two keys',
    run: async (args) => (await import('../reveal.ts')).runReveal(args),
  },
]
