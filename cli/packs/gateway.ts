import { AUDIT_LOG_COMMANDS_WITH_PLANNER } from '../commands/audit-log-with-planner.ts'
import { CERTIFICATE_COMMANDS } from '../commands/certificates.ts'
import { GATEWAY_COMMANDS } from '../commands/gateway.ts'
import { PROBE_COMMANDS } from '../commands/probe.ts'
import { SUSPEND_COMMANDS } from '../commands/suspend.ts'
import { runIstmo } from '../program.ts'

/** `istmo` of the pack `istmo-gateway`. */
await runIstmo([
  ...GATEWAY_COMMANDS,
  ...PROBE_COMMANDS,
  ...CERTIFICATE_COMMANDS,
  ...AUDIT_LOG_COMMANDS_WITH_PLANNER,
  ...SUSPEND_COMMANDS,
])
