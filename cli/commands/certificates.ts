import type { IstmoCommand } from '../program.ts'

/** The commands for everybody who runs a server or asks one: what proves who they are to one another. */
export const CERTIFICATE_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'ca',
    description: 'issue and renew certificates for gateway, nodes and authorities',
    run: async (args) => (await import('../ca.ts')).runCa(args, Date.now()),
  },
]
