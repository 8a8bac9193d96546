import type { CommandStreams } from '../service/command-line.ts'

/**
 * Returns the environment of this process, for the commands that bring a country in and keep its node. No other file of `joining/` reads it: a command
 * takes it here once, and passes on what it needs.
 */
export function joiningEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env
}

/** What the commands that bring a country in and keep its node running take from outside. */
export interface RunningProcess {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
  readonly streams: CommandStreams & { readonly err: { readonly isTTY?: boolean } }
}

/** Returns the terminal and the environment of this process. */
export function thisProcess(): RunningProcess {
  return { env: joiningEnvironment(), now: Date.now, streams: { out: process.stdout, err: process.stderr } }
}
