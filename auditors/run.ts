import { executeGroup } from '../service/command-line.ts'
import type { CommandDoor } from '../service/command-spec.ts'
import { exitNotes } from '../service/command-texts.ts'
import { AUDIT_TEXTS, type AuditCommand, type AuditStreams } from './command.ts'

/** The commands by their names, in the order of the help. Each loads its modules when it runs: those of all together take most of a second. */
export type AuditCommands = Readonly<Record<string, () => Promise<AuditCommand>>>

/** The commands of `istmo audit`. */
export const AUDIT_COMMANDS: AuditCommands = {
  'make-policy': async () => (await import('./make-policy.ts')).makePolicyCommand,
  verify: async () => (await import('./verify.ts')).verifyCommand,
  prove: async () => (await import('./prove.ts')).proveCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  'check-file': async () => (await import('./check-file.ts')).checkFileCommand,
  'check-report': async () => (await import('./check-report.ts')).checkReportCommand,
  'check-page': async () => (await import('./check-page.ts')).checkPageCommand,
  report: async () => (await import('./report.ts')).reportCommand,
  'check-split': async () => (await import('./check-split.ts')).checkSplitCommand,
  index: async () => (await import('./index-log.ts')).indexCommand,
  search: async () => (await import('./search.ts')).searchCommand,
  'who-saw': async () => (await import('./who-saw.ts')).whoSawCommand,
  'was-allowed': async () => (await import('./was-allowed.ts')).wasAllowedCommand,
  document: async () => (await import('./document.ts')).documentCommand,
  reconcile: async () => (await import('./reconcile.ts')).reconcileCommand,
  daily: async () => (await import('./daily.ts')).dailyCommand,
  export: async () => (await import('./export.ts')).exportCommand,
  erase: async () => (await import('./erase.ts')).eraseCommand,
  prune: async () => (await import('./prune.ts')).pruneCommand,
  note: async () => (await import('./note.ts')).noteCommand,
  stamp: async () => (await import('../stamps/stamp.ts')).stampCommand,
  desk: async () => (await import('./desk.ts')).deskCommand,
  'rotate-key': async () => (await import('./rotate-key.ts')).rotateKeyCommand,
  reveal: async () => (await import('./reveal.ts')).revealCommand,
}

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
  audits: AuditCommands = AUDIT_COMMANDS,
): Promise<number> {
  const commands = Object.entries(audits).map(([name, load]): CommandDoor => {
    return {
      name,
      description: AUDIT_TEXTS.describe(name),
      run: async (given) => (await load()).run(given, streams, now),
    }
  })
  const group = {
    name: 'istmo audit',
    description:
      'Shows what audit logs prove. It reads logs from folders (offline) or from URLs, and reads no environment variable.',
    commands,
    notes: exitNotes(['the answer is yes', 'the answer is no', 'it could not tell, or an argument is wrong']),
  }
  return executeGroup(group, args, streams)
}
