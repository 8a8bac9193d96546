import type { AuditCommand, AuditStreams } from './command.ts'
import { deriveCommand } from './derive.ts'
import { AUDIT_COMMANDS, runAudit } from './run.ts'

/** The commands where the gateway is installed: `derive` needs its planner. */
export const AUDIT_COMMANDS_WITH_PLANNER: readonly AuditCommand[] = AUDIT_COMMANDS.flatMap((command) =>
  command.name === 'document' ? [command, deriveCommand] : [command],
)

/** Runs one command of `istmo audit`, as `runAudit` does. */
export function runAuditWithPlanner(
  args: readonly string[],
  streams?: AuditStreams,
  now?: () => number,
): Promise<number> {
  return runAudit(args, streams, now, AUDIT_COMMANDS_WITH_PLANNER)
}
