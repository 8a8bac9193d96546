import { AUDIT_LOG_COMMANDS } from '../commands/audit-log.ts'
import { CERTIFICATE_COMMANDS } from '../commands/certificates.ts'
import { addKeyRotation, JOINING_COMMANDS } from '../commands/joining.ts'
import { NODE_COMMANDS } from '../commands/node.ts'
import { SUSPEND_COMMANDS } from '../commands/suspend.ts'
import { runIstmo } from '../program.ts'

/** `istmo` of the pack `istmo-node`. */
await runIstmo(
  addKeyRotation([
    ...NODE_COMMANDS,
    ...JOINING_COMMANDS,
    ...CERTIFICATE_COMMANDS,
    ...AUDIT_LOG_COMMANDS,
    ...SUSPEND_COMMANDS,
  ]),
)
