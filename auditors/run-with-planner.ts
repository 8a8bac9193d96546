import type { AuditStreams } from './command.ts'
import { AUDIT_COMMANDS, type AuditCommands, runAudit } from './run.ts'

/** The commands where the gateway is installed: `derive` needs its planner. */
export const AUDIT_COMMANDS_WITH_PLANNER: AuditCommands = Object.fromEntries(
  Object.entries(AUDIT_COMMANDS).flatMap(([name, load]) => [
    [name, load],
    ...(name === 'document' ? [['derive', async () => (await import('./derive.ts')).deriveCommand] as const] : []),
  ]),
)

/** Runs one command of `istmo audit`, as `runAudit` does. */
export function runAuditWithPlanner(
  args: readonly string[],
  streams?: AuditStreams,
  now?: () => number,
): Promise<number> {
  return runAudit(args, streams, now, AUDIT_COMMANDS_WITH_PLANNER)
}
