import { executeGroup } from '../../service/command-line.ts'
import type { CommandDoor } from '../../service/command-spec.ts'
import { checkCommand } from './check.ts'
import { checkFileCommand } from './check-file.ts'
import { checkPageCommand } from './check-page.ts'
import { checkReportCommand } from './check-report.ts'
import { checkSplitCommand } from './check-split.ts'
import { type AuditCommand, type AuditStreams, EXIT_NOTES, loadLater } from './command.ts'
import { dailyCommand } from './daily.ts'
import { deskCommand } from './desk.ts'
import { documentCommand } from './document.ts'
import { eraseCommand } from './erase.ts'
import { exportCommand } from './export.ts'
import { indexCommand } from './index-log.ts'
import { makePolicyCommand } from './make-policy.ts'
import { noteCommand } from './note.ts'
import { proveCommand } from './prove.ts'
import { pruneCommand } from './prune.ts'
import { reconcileCommand } from './reconcile.ts'
import { reportCommand } from './report.ts'
import { revealCommand } from './reveal.ts'
import { rotateKeyCommand } from './rotate-key.ts'
import { searchCommand } from './search.ts'
import { STAMP } from './stamp-about.ts'
import { verifyCommand } from './verify.ts'
import { wasAllowedCommand } from './was-allowed.ts'
import { whoSawCommand } from './who-saw.ts'

/** The commands, in the order in which `istmo audit --help` lists them. */
export const AUDIT_COMMANDS: readonly AuditCommand[] = [
  makePolicyCommand,
  verifyCommand,
  proveCommand,
  checkCommand,
  checkFileCommand,
  checkReportCommand,
  checkPageCommand,
  reportCommand,
  checkSplitCommand,
  indexCommand,
  searchCommand,
  whoSawCommand,
  wasAllowedCommand,
  documentCommand,
  reconcileCommand,
  dailyCommand,
  exportCommand,
  eraseCommand,
  pruneCommand,
  noteCommand,
  loadLater(STAMP, async () => (await import('../../stamps/stamp.ts')).stampCommand),
  deskCommand,
  rotateKeyCommand,
  revealCommand,
]

/**
 * Runs one command of `istmo audit`.
 * @param now returns milliseconds since the epoch.
 * @returns the exit code: 0 if the answer is yes, 1 if it is no, 2 if the command could not tell, for any reason (a missing file, a
 * wrong argument).
 */
export function runAudit(
  args: readonly string[],
  streams: AuditStreams = { out: process.stdout, err: process.stderr },
  now: () => number = Date.now,
  audits: readonly AuditCommand[] = AUDIT_COMMANDS,
): Promise<number> {
  const commands = audits.map(({ name, description, run }): CommandDoor => {
    return { name, description, run: (given) => run(given, streams, now) }
  })
  const group = {
    name: 'istmo audit',
    description:
      'Shows what audit logs prove. It reads logs from folders (offline) or from URLs, and reads no environment variable.',
    commands,
    notes: EXIT_NOTES,
  }
  return executeGroup(group, args, streams)
}
