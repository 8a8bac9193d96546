import type { IstmoCommand } from '../program.ts'
import { KEYS_AND_WITNESS_COMMANDS } from './audit-log.ts'

/**
 * The commands for everybody who writes, witnesses or checks an audit log, with `istmo audit derive`. It plans questions again, so it is only where the
 * gateway's planner is installed. This module is apart, because a pack holds whatever a module of it may import.
 */
export const AUDIT_LOG_COMMANDS_WITH_PLANNER: readonly IstmoCommand[] = [
  ...KEYS_AND_WITNESS_COMMANDS,
  {
    name: 'audit',
    description: 'show what audit logs prove: verify, prove, check, search, derive and more',
    run: async (args) => (await import('../../auditors/run-with-planner.ts')).runAuditWithPlanner(args),
  },
]
