import { executeGroup } from '../service/command-line.ts'
import type { CommandDoor } from '../service/command-spec.ts'
import { ABOUT, type AuditCommand, type AuditStreams, EXIT_NOTES, loadLater } from './command.ts'

/** The commands, in the order in which `istmo audit --help` lists them. */
export const AUDIT_COMMANDS: readonly AuditCommand[] = [
  loadLater(ABOUT.makePolicy, async () => (await import('./make-policy.ts')).makePolicyCommand),
  loadLater(ABOUT.verify, async () => (await import('./verify.ts')).verifyCommand),
  loadLater(ABOUT.prove, async () => (await import('./prove.ts')).proveCommand),
  loadLater(ABOUT.check, async () => (await import('./check.ts')).checkCommand),
  loadLater(ABOUT.checkFile, async () => (await import('./check-file.ts')).checkFileCommand),
  loadLater(ABOUT.checkReport, async () => (await import('./check-report.ts')).checkReportCommand),
  loadLater(ABOUT.checkPage, async () => (await import('./check-page.ts')).checkPageCommand),
  loadLater(ABOUT.report, async () => (await import('./report.ts')).reportCommand),
  loadLater(ABOUT.checkSplit, async () => (await import('./check-split.ts')).checkSplitCommand),
  loadLater(ABOUT.index, async () => (await import('./index-log.ts')).indexCommand),
  loadLater(ABOUT.search, async () => (await import('./search.ts')).searchCommand),
  loadLater(ABOUT.whoSaw, async () => (await import('./who-saw.ts')).whoSawCommand),
  loadLater(ABOUT.wasAllowed, async () => (await import('./was-allowed.ts')).wasAllowedCommand),
  loadLater(ABOUT.document, async () => (await import('./document.ts')).documentCommand),
  loadLater(ABOUT.reconcile, async () => (await import('./reconcile.ts')).reconcileCommand),
  loadLater(ABOUT.daily, async () => (await import('./daily.ts')).dailyCommand),
  loadLater(ABOUT.export, async () => (await import('./export.ts')).exportCommand),
  loadLater(ABOUT.erase, async () => (await import('./erase.ts')).eraseCommand),
  loadLater(ABOUT.prune, async () => (await import('./prune.ts')).pruneCommand),
  loadLater(ABOUT.note, async () => (await import('./note.ts')).noteCommand),
  loadLater(ABOUT.stamp, async () => (await import('../stamps/stamp.ts')).stampCommand),
  loadLater(ABOUT.desk, async () => (await import('./desk.ts')).deskCommand),
  loadLater(ABOUT.rotateKey, async () => (await import('./rotate-key.ts')).rotateKeyCommand),
  loadLater(ABOUT.reveal, async () => (await import('./reveal.ts')).revealCommand),
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
