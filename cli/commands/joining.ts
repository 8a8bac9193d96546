import type { IstmoCommand } from '../program.ts'

/** The commands that bring a country in and keep its node. */
export const JOINING_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'conformance',
    description: 'check from outside whether a node or a service answers as the contract says',
    run: async (args) => (await import('../../joining/conformance/conformance-command.ts')).runConformance(args),
  },
]
