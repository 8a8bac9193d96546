import { executeGroup } from '../../service/command-line.ts'
import type { CommandDoor } from '../../service/command-spec.ts'
import { checkCommand } from './check.ts'
import { type AuditCommand, type AuditStreams, EXIT_NOTES } from './command.ts'
import { eraseCommand } from './erase.ts'
import { exportCommand } from './export.ts'
import { indexCommand } from './index-log.ts'
import { proveCommand } from './prove.ts'
import { reconcileCommand } from './reconcile.ts'
import { searchCommand } from './search.ts'
import { verifyCommand } from './verify.ts'
import { wasAllowedCommand } from './was-allowed.ts'
import { whoSawCommand } from './who-saw.ts'

/** The commands, in the order in which `istmo audit --help` shows them. */
const COMMANDS: readonly AuditCommand[] = [
  verifyCommand,
  proveCommand,
  checkCommand,
  indexCommand,
  searchCommand,
  whoSawCommand,
  wasAllowedCommand,
  reconcileCommand,
  exportCommand,
  eraseCommand,
]

/**
 * `istmo audit …`: runs one command and gives its exit code: 0 what was asked holds, 1 it does not, 2 it could not be told, for whatever
 * reason: a file that is not there, a wrong argument.
 */
export function runAudit(
  args: readonly string[],
  streams: AuditStreams = { out: process.stdout, err: process.stderr },
  now: () => number = Date.now,
): Promise<number> {
  const commands = COMMANDS.map(({ name, description, run }): CommandDoor => {
    return { name, description, run: (given) => run(given, streams, now) }
  })
  const group = {
    name: 'istmo audit',
    description:
      'Shows what audit logs prove. It works offline on folders, or on URLs, and reads no environment variable.',
    commands,
    notes: EXIT_NOTES,
  }
  return executeGroup(group, args, streams)
}
