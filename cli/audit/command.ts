import type { Command } from 'commander'
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

/** A command of `istmo audit`. */
export interface AuditCommand {
  readonly name: string
  readonly description: string
  /** Adds its arguments and options. */
  readonly define: (command: Command) => Command
  /** Does it. What it throws could not be told. */
  readonly run: (request: AuditRequest, io: AuditIo) => Promise<Answer>
}

/** The command line of a command, read. */
export interface AuditRequest {
  /** Arguments in their order; one that takes several is a list, one that was left out undefined. */
  readonly args: readonly unknown[]
  readonly options: Readonly<Record<string, unknown>>
}

/** An option that takes a text, where it was given. */
export function textOption({ options }: AuditRequest, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

/** An option that may be given several times. */
export function textsOption({ options }: AuditRequest, name: string): readonly string[] {
  const value = options[name]
  return Array.isArray(value) ? value.map(String) : []
}

/** An argument that is one text. */
export function textArgument({ args }: AuditRequest, at: number): string {
  return String(args[at] ?? '')
}

/** Collects an option that may be given several times: commander's parser for it. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}
