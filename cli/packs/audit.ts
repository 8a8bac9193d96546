import { AUDIT_LOG_COMMANDS } from '../commands/audit-log.ts'
import { OVERSIGHT_COMMANDS } from '../commands/oversight.ts'
import { runIstmo } from '../program.ts'

/** `istmo` of the pack `istmo-audit`. */
await runIstmo([...OVERSIGHT_COMMANDS, ...AUDIT_LOG_COMMANDS])
