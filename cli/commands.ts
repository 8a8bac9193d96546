/** The commands that run Istmo in production. Each loads its own modules when it runs. */
import { AUDIT_LOG_COMMANDS } from './commands/audit-log.ts'
import { AUTHORITY_COMMANDS } from './commands/authority.ts'
import { GATEWAY_COMMANDS } from './commands/gateway.ts'
import { MANDATE_COMMANDS } from './commands/mandates.ts'
import { NODE_COMMANDS } from './commands/node.ts'
import { OVERSIGHT_COMMANDS } from './commands/oversight.ts'
import type { IstmoCommand } from './program.ts'

/** The commands for production, in the order in which `istmo --help` lists them. */
export const COMMANDS: readonly IstmoCommand[] = [
  ...GATEWAY_COMMANDS,
  ...NODE_COMMANDS,
  ...AUTHORITY_COMMANDS,
  ...MANDATE_COMMANDS,
  ...AUDIT_LOG_COMMANDS,
  ...OVERSIGHT_COMMANDS,
]
