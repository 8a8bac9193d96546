import { LogDamagedError } from '../audit/finding.ts'
import { executeCommand } from '../service/command-line.ts'
import type { CommandLine, CommandSpec, HelpNotes } from '../service/command-spec.ts'
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
  readonly description: string
  /** Resolves to the exit code: 0 if the answer is yes, 1 if it is no, 2 if the command could not tell. */
  readonly run: (args: readonly string[], streams: AuditStreams, now: () => number) => Promise<number>
}

/** The declaration of a command for {@link defineAudit}. `name` is the word after `istmo audit`; `--json` is added to the options. */
type AuditSpec = CommandSpec & {
  readonly options: { readonly json?: never }
  /** What the exit codes mean, if the command does not answer a question. */
  readonly notes?: Readonly<
    Record<'Exit codes', Readonly<Record<(typeof EXIT_CODES)[Verdict], string>> & { 3?: string }>
  >
  /** What `--json` prints, if it is not one document. */
  readonly jsonMeaning?: string
}

/** What the exit codes mean, for the help. */
export const EXIT_NOTES = {
  'Exit codes': { 0: 'the answer is yes', 1: 'the answer is no', 2: 'it could not tell, or an argument is wrong' },
} as const satisfies HelpNotes

const JSON_OPTION = { flag: 'json', value: null, meaning: 'print one JSON document instead of text' } as const

/**
 * Makes a command of `istmo audit` from its declaration and its work.
 * @param work finds the answer. If it throws, the verdict is `UNTOLD`, except for a damaged log.
 */
export function defineAudit<const S extends AuditSpec>(
  spec: S,
  work: (line: CommandLine<S>, io: AuditIo) => Promise<Answer>,
): AuditCommand {
  const { name, description, jsonMeaning } = spec
  const fullSpec: CommandSpec = {
    ...spec,
    name: `istmo audit ${name}`,
    description: `${description.charAt(0).toUpperCase()}${description.slice(1)}.`,
    options: { ...spec.options, json: { ...JSON_OPTION, ...(jsonMeaning !== undefined && { meaning: jsonMeaning }) } },
    notes: spec.notes ?? EXIT_NOTES,
  }
  return {
    name,
    description,
    run: (args, streams, now) =>
      executeCommand(
        fullSpec,
        args,
        async (line) => {
          const io = { ...streams, now, json: (line as { readonly json: boolean }).json }
          return write(name, await settle(() => work(line as CommandLine<S>, io)), io)
        },
        streams,
      ),
  }
}

/** Makes a command whose modules are loaded when it runs, because they take as long as those of all other commands together. */
export function loadLater(
  about: Pick<AuditCommand, 'name' | 'description'>,
  load: () => Promise<AuditCommand>,
): AuditCommand {
  return { ...about, run: async (...given) => (await load()).run(...given) }
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

/**
 * How `istmo audit --help` lists its commands, in its order. It is apart from the commands, because each of them loads its modules only when it runs:
 * those of all together take most of a second.
 */
export const ABOUT = {
  makePolicy: {
    name: 'make-policy',
    description: 'make your own trust policy, from keys as their owners publish them',
  },
  verify: {
    name: 'verify',
    description: 'rebuild logs from their files, check each checkpoint and entry, and ask their witnesses',
  },
  prove: { name: 'prove', description: 'write a bundle that proves one entry without the log' },
  check: {
    name: 'check',
    description: 'check a file of `prove` or files of `export`; this needs only the trust policy',
  },
  checkFile: {
    name: 'check-file',
    description: 'check a file that the console exported against the entry of its export',
  },
  checkReport: {
    name: 'check-report',
    description: 'count a report for a parliament, which the console made, again out of the gateways’ logs',
  },
  checkPage: {
    name: 'check-page',
    description: 'write the page on which people without a shell check proofs, in a browser without a network',
  },
  report: {
    name: 'report',
    description: 'write a report on one entry for people without a shell, as HTML or PDF, in Spanish or English',
  },
  checkSplit: {
    name: 'check-split',
    description: 'check whether checkpoints contradict each other; this needs only the trust policy',
  },
  index: { name: 'index', description: 'update the search index to a log’s checkpoint, or compare it with the log' },
  search: { name: 'search', description: 'search for entries, newest first; exit code 1 if there are none' },
  whoSaw: {
    name: 'who-saw',
    description: 'find who received a record, in the log of the record’s country; exit code 1 if nobody did',
  },
  wasAllowed: { name: 'was-allowed', description: 'decide an entry again, by the rules and policies of its time' },
  document: {
    name: 'document',
    description: 'print the document of an operation, without its values, as it is kept beside the log',
  },
  derive: {
    name: 'derive',
    description: 'plan the questions of a tool’s journal again, and say whether each leg in the logs follows from them',
  },
  reconcile: {
    name: 'reconcile',
    description: 'compare a gateway’s log with a country’s, leg by leg, and with those of authorities and tools',
  },
  daily: {
    name: 'daily',
    description: 'verify the own log and compare it with those of others, from a timer, and make a report',
  },
  export: { name: 'export', description: 'write entries for a country, with their proofs, or as OCSF events' },
  erase: {
    name: 'erase',
    description: 'erase the salts of entries, or of all legs about a record, so that nobody can open their commitments',
  },
  prune: {
    name: 'prune',
    description: 'delete entries older than a date, by a rule of retention; the tree stays provable',
  },
  note: {
    name: 'note',
    description: 'write down what your office did with data: an import, a disclosure, a deletion, an approval',
  },
  stamp: {
    name: 'stamp',
    description:
      'have an authority outside confirm by a time stamp (RFC 3161) that the log exists, or check the stamps',
  },
  desk: {
    name: 'desk',
    description: 'make your desk: a folder with your own log, in which your readings become entries',
  },
  rotateKey: {
    name: 'rotate-key',
    description: 'replace the signer key of a log, by an entry that the old key and the new key sign',
  },
  reveal: {
    name: 'reveal',
    description: 'learn which officer stands behind a pseudonym: your key and the authority’s are both needed',
  },
} as const
