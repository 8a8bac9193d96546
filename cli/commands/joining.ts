import type { IstmoCommand } from '../program.ts'

/** The commands that bring a country in and keep its node. */
export const JOINING_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'check',
    description: 'check a country: rows, rules, SDLs, tables, certificates, clocks and timings',
    run: async (args) => (await import('../../joining/check/check-command.ts')).runCheckCommand(args),
  },
]
