import type { CommandStreams } from '../../service/command-line.ts'
import { joiningEnvironment } from '../environment.ts'

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
