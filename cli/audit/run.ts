import { Command, CommanderError } from 'commander'
import { LogDamagedError } from '../../audit/finding.ts'
import { checkCommand } from './check.ts'
import { type Answer, type AuditCommand, type AuditIo, EXIT_CODES } from './command.ts'
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

/** Where the commands write: what was found to `out`, progress and complaints to `err`. */
export type AuditStreams = Pick<AuditIo, 'out' | 'err'>

/**
 * `istmo audit …`: runs one command and gives its exit code: 0 what was asked holds, 1 it does not, 2 it could not be told, for whatever
 * reason: a file that is not there, a wrong argument.
 */
export async function runAudit(
  args: readonly string[],
  streams: AuditStreams = { out: process.stdout, err: process.stderr },
  now: () => number = Date.now,
): Promise<number> {
  let code: number = EXIT_CODES.HOLDS
  const program = new Command('istmo audit')
    .description(
      'Show what the record holds. Offline, on folders or URLs. Exit codes: 0 holds, 1 does not, 2 could not tell.',
    )
    .showHelpAfterError('(istmo audit --help says what there is)')
  for (const each of COMMANDS) {
    const command = program.command(each.name).description(each.description)
    each.define(command).option('--json', 'one JSON document instead of text')
    command.action(async (...given: readonly unknown[]) => {
      const args = given.slice(0, -2)
      const options = command.opts()
      const io = { ...streams, now, json: options.json === true }
      code = write(each.name, await answer(each, { args, options }, io), io)
    })
  }
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .configureOutput({ writeOut: (text) => streams.out.write(text), writeErr: (text) => streams.err.write(text) })
  }
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? EXIT_CODES.HOLDS : EXIT_CODES.UNTOLD
  }
  return code
}

/** Whatever a command throws could not be told, but that the log itself does not add up: that is told. */
async function answer(
  command: AuditCommand,
  request: Parameters<AuditCommand['run']>[0],
  io: AuditIo,
): Promise<Answer> {
  try {
    return await command.run(request, io)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (error instanceof LogDamagedError) {
      return { verdict: 'FAILS', text: `DOES NOT HOLD: ${reason}`, json: { findings: error.findings } }
    }
    return { verdict: 'UNTOLD', text: '', json: { reason } }
  }
}

function write(name: string, { verdict, text, json }: Answer, { out, err, json: asJson }: AuditIo): number {
  if (asJson) out.write(`${JSON.stringify({ verdict, ...json })}\n`)
  else if (text !== '') out.write(`${text}\n`)
  if (verdict === 'UNTOLD' && typeof json.reason === 'string') {
    err.write(`istmo audit ${name}: could not tell: ${json.reason}\n`)
  }
  return EXIT_CODES[verdict]
}
