import { LogDamagedError } from '../audit/finding.ts'
import { executeCommand } from '../service/command-line.ts'
import type { CommandLine, CommandShape } from '../service/command-spec.ts'
import { commandsOf, SWITCH } from '../service/command-texts.ts'
import { describeError } from '../service/describe-error.ts'
import type { BarStream } from '../service/progress-bar.ts'
import { say } from './words.ts'

/** The verdicts of a command of `istmo audit`, and their exit codes (docs/design/audit-log.md, Commands). */
export const EXIT_CODES = { HOLDS: 0, FAILS: 1, UNTOLD: 2, HELD: 3 } as const

/** `HOLDS`: the answer is yes. `FAILS`: the answer is no. `UNTOLD`: the command could not tell. */
export type Verdict = Exclude<keyof typeof EXIT_CODES, 'HELD'>

/** The answer of a command. */
export interface Answer {
  /** `HELD`: the answer is yes, but only of a point in the past, so that no script takes it for `HOLDS`. */
  readonly verdict: Verdict | 'HELD'
  /** For people, without a newline at the end; empty if there is nothing to print. */
  readonly text: string
  /** For tools: with `--json` the command prints it as one JSON document, together with the verdict. */
  readonly json: Readonly<Record<string, unknown>>
}

/** Returns the answer of a command that could not tell. */
export function untold(reason: string, json: Answer['json'], text = ''): Answer {
  return { verdict: 'UNTOLD', text, json: { ...json, reason } }
}

/** What a command works with; a test passes its own. */
export interface AuditIo {
  readonly out: { write(text: string): unknown }
  readonly err: BarStream
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
  /** Whether `--json` is set. A command that writes line by line then writes JSON lines. */
  readonly json: boolean
}

/** Where the commands write: the answer to `out`, progress and errors to `err`. */
export type AuditStreams = Pick<AuditIo, 'out' | 'err'>

/** A command of `istmo audit`: it reads its own arguments. */
export interface AuditCommand {
  readonly name: string
  /** Resolves to the exit code: 0 if the answer is yes, 1 if it is no, 2 if the command could not tell. */
  readonly run: (args: readonly string[], streams: AuditStreams, now: () => number) => Promise<number>
}

/** What the help of the commands of `istmo audit` says. */
export const AUDIT_TEXTS = commandsOf(new URL('commands.yaml', import.meta.url), 'istmo audit')

/**
 * Makes a command of `istmo audit`: it gets the option `--json`, and its answer is printed.
 * @param name the words after `istmo audit`
 * @param work finds the answer. If it throws, the verdict is `UNTOLD`, except for a damaged log.
 */
export function defineAudit<const S extends CommandShape>(
  name: string,
  shape: S,
  work: (line: CommandLine<S>, io: AuditIo) => Promise<Answer>,
): AuditCommand {
  const spec = AUDIT_TEXTS.declare(name, { ...shape, options: { ...shape.options, json: SWITCH } })
  return {
    name,
    run: (args, streams, now) =>
      executeCommand(
        spec,
        args,
        async (line) => {
          const io = { ...streams, now, json: (line as { readonly json: boolean }).json }
          return write(name, await settle(() => work(line as CommandLine<S>, io)), io)
        },
        streams,
      ),
  }
}

/** Turns a thrown error into an answer: `FAILS` if the log is damaged, else `UNTOLD`. */
async function settle(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    const reason = describeError(error)
    if (error instanceof LogDamagedError) {
      return { verdict: 'FAILS', text: say('damaged', { reason }), json: { findings: error.findings } }
    }
    return { verdict: 'UNTOLD', text: '', json: { reason } }
  }
}

function write(name: string, { verdict, text, json }: Answer, { out, err, json: asJson }: AuditIo): number {
  if (asJson) out.write(`${JSON.stringify({ verdict, ...json })}\n`)
  else if (text !== '') out.write(`${text}\n`)
  if (verdict === 'UNTOLD' && typeof json.reason === 'string') {
    err.write(`istmo audit ${name}: ${say('couldNotTell', { reason: json.reason })}\n`)
  }
  return EXIT_CODES[verdict]
}
