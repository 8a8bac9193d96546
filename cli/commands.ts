/** The commands that run Istmo in production. Each loads its own modules when it runs. */
import { ASK_COMMANDS } from './commands/ask.ts'
import { AUDIT_LOG_COMMANDS_WITH_PLANNER } from './commands/audit-log-with-planner.ts'
import { AUTHORITY_COMMANDS } from './commands/authority.ts'
import { CERTIFICATE_COMMANDS } from './commands/certificates.ts'
import { GATEWAY_COMMANDS } from './commands/gateway.ts'
import { addKeyRotation, JOINING_COMMANDS } from './commands/joining.ts'
import { MANDATE_COMMANDS } from './commands/mandates.ts'
import { NODE_COMMANDS } from './commands/node.ts'
import { OVERSIGHT_COMMANDS } from './commands/oversight.ts'
import { SUSPEND_COMMANDS } from './commands/suspend.ts'
import type { IstmoCommand } from './program.ts'

/** The commands for production, in the order in which `istmo --help` lists them. */
export const COMMANDS: readonly IstmoCommand[] = addKeyRotation([
  ...GATEWAY_COMMANDS,
  ...NODE_COMMANDS,
  ...JOINING_COMMANDS,
  ...CERTIFICATE_COMMANDS,
  ...AUTHORITY_COMMANDS,
  ...MANDATE_COMMANDS,
  ...AUDIT_LOG_COMMANDS_WITH_PLANNER,
  ...OVERSIGHT_COMMANDS,
  ...ASK_COMMANDS,
  ...SUSPEND_COMMANDS,
])
