import { ASK_COMMANDS } from '../commands/ask.ts'
import { AUDIT_LOG_COMMANDS } from '../commands/audit-log.ts'
import { AUTHORITY_COMMANDS } from '../commands/authority.ts'
import { CERTIFICATE_COMMANDS } from '../commands/certificates.ts'
import { MANDATE_COMMANDS } from '../commands/mandates.ts'
import { SUSPEND_COMMANDS } from '../commands/suspend.ts'
import { runIstmo } from '../program.ts'

/**
 * `istmo` of the pack `istmo-authority`. It has `istmo ask` too, because an officer's tools come from the officer's own country, and never from the
 * gateway (docs/decisions/0057-an-authority-tells-by-its-log.md).
 */
await runIstmo([
  ...AUTHORITY_COMMANDS,
  ...MANDATE_COMMANDS,
  ...ASK_COMMANDS,
  ...CERTIFICATE_COMMANDS,
  ...AUDIT_LOG_COMMANDS,
  ...SUSPEND_COMMANDS,
])
