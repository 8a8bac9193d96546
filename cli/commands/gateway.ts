import type { IstmoCommand } from '../program.ts'

/** The commands for the operator of the gateway. */
export const GATEWAY_COMMANDS: readonly IstmoCommand[] = [
  {
    name: 'gateway',
    description: 'run the gateway',
    run: async (args) => (await import('../../gateway/gateway-command.ts')).runGatewayCommand(args),
  },
]
