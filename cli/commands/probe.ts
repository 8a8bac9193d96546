import type { IstmoCommand } from '../program.ts'

/** The command that tries the connection between a gateway and a country. It is typed where the gateway's operator server is reached. */
export const PROBE_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'probe',
    description: 'have a gateway try its connection to a country that is about to join',
    run: async (args) => (await import('../../joining/probe/probe-command.ts')).runProbe(args),
  },
]
