import type { IstmoCommand } from '../program.ts'

/** The commands for a country that runs its national node. */
export const NODE_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'node',
    description: 'run a national node',
    run: async (args) => (await import('../../subgraphs/node-command.ts')).runNodeCommand(args),
  },
  {
    name: 'policy',
    description: 'try a country’s table of caller × field × verdict, and compare its rules with the gateway’s copy',
    run: async (args) => (await import('../../subgraphs/policy/policy-command.ts')).runPolicyCommand(args),
  },
]
