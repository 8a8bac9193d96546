import { ABOUT, type AuditCommand, type AuditStreams, loadLater } from './command.ts'
import { AUDIT_COMMANDS, runAudit } from './run.ts'

const derive = loadLater(ABOUT.derive, async () => (await import('./derive.ts')).deriveCommand)

/** The commands where the gateway is installed: `derive` needs its planner. */
export const AUDIT_COMMANDS_WITH_PLANNER: readonly AuditCommand[] = AUDIT_COMMANDS.flatMap((command) =>
  command.name === 'document' ? [command, derive] : [command],
)

/** Runs one command of `istmo audit`, as `runAudit` does. */
export function runAuditWithPlanner(
  args: readonly string[],
  streams?: AuditStreams,
  now?: () => number,
): Promise<number> {
  return runAudit(args, streams, now, AUDIT_COMMANDS_WITH_PLANNER)
}
