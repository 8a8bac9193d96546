import { LogDamagedError } from '../../audit/finding.ts'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandLine, CommandSpec, HelpNotes } from '../../service/command-spec.ts'
import type { BarStream } from '../../service/progress-bar.ts'

/** What a command of `istmo audit` found out, and its exit code (docs/design/audit-log.md, Commands). */
export const EXIT_CODES = { HOLDS: 0, FAILS: 1, UNTOLD: 2 } as const

/** `HOLDS`: what was asked is so; `FAILS`: it is not; `UNTOLD`: it could not be told. */
export type Verdict = keyof typeof EXIT_CODES

/** What a command gives. */
export interface Answer {
  readonly verdict: Verdict
  /** For people, without a newline at the end; empty where all was written as it came. */
  readonly text: string
  /** For tools: printed as one JSON document under `--json`, with the verdict in it. */
  readonly json: Readonly<Record<string, unknown>>
}

/** What a command works with; a test hands in its own. */
export interface AuditIo {
  readonly out: { write(text: string): unknown }
  readonly err: BarStream
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Whether `--json` was asked for: a command that writes line by line writes JSON lines then. */
  readonly json: boolean
}

/** Where the commands write: what was found to `out`, progress and complaints to `err`. */
export type AuditStreams = Pick<AuditIo, 'out' | 'err'>

/** A command of `istmo audit`: it reads its own arguments. */
export interface AuditCommand {
  readonly name: string
  readonly description: string
  /** Gives the exit code: 0 what was asked holds, 1 it does not, 2 it could not be told. */
  readonly run: (args: readonly string[], streams: AuditStreams, now: () => number) => Promise<number>
}

/** What `defineAudit` is told of a command: `name` is the word behind `istmo audit`, and `--json` is added to its options. */
type AuditSpec = CommandSpec & { readonly options: { readonly json?: never } }

/** What the exit codes mean, for the help. */
export const EXIT_NOTES = {
  'Exit codes': { 0: 'what was asked holds', 1: 'it does not', 2: 'it could not be told, or an argument is wrong' },
} as const satisfies HelpNotes

const JSON_OPTION = { flag: 'json', value: null, meaning: 'print one JSON document instead of text' } as const

/**
 * Makes a command of `istmo audit` out of its declaration and its work.
 * @param work finds out what was asked. What it throws could not be told.
 */
export function defineAudit<const S extends AuditSpec>(
  spec: S,
  work: (line: CommandLine<S>, io: AuditIo) => Promise<Answer>,
): AuditCommand {
  const { name, description } = spec
  const whole: CommandSpec = {
    ...spec,
    name: `istmo audit ${name}`,
    description: `${description.charAt(0).toUpperCase()}${description.slice(1)}.`,
    options: { ...spec.options, json: JSON_OPTION },
    notes: EXIT_NOTES,
  }
  return {
    name,
    description,
    run: (args, streams, now) =>
      executeCommand(
        whole,
        args,
        async (line) => {
          const io = { ...streams, now, json: (line as { readonly json: boolean }).json }
          return write(name, await settle(() => work(line as CommandLine<S>, io)), io)
        },
        streams,
      ),
  }
}

/** Whatever a command throws could not be told, but that the log itself does not add up: that is told. */
async function settle(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
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
