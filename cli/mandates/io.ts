import type { Language } from '../../contract/language.ts'
import { askOnTerminal } from '../../service/terminal.ts'
import { UsageError } from '../../service/usage-error.ts'
import { cliWords } from '../words.ts'

/** What the commands of `istmo mandates` use of the terminal and the clock; a test passes its own. */
export interface MandatesIo {
  readonly out: { write(text: string): unknown }
  readonly err: { write(text: string): unknown }
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
  /** Asks a question and resolves to the answer; null if nobody can be asked. `isSecret`: what is typed is not shown. */
  readonly ask: (question: string, isSecret?: boolean) => Promise<string | null>
  /** How long a command waits for witnesses, in milliseconds. */
  readonly witnessPatienceMs: number
}

/** The terminal of this process. */
export const TERMINAL: MandatesIo = {
  out: process.stdout,
  err: process.stderr,
  now: Date.now,
  ask: askOnTerminal,
  witnessPatienceMs: 30_000,
}

/**
 * Asks whether the person signs what was shown.
 * @param yes whether `--yes` was given
 * @throws {UsageError} if nobody can be asked.
 * @throws {Error} if the person does not agree.
 */
export async function confirm(io: MandatesIo, language: Language, yes: boolean): Promise<void> {
  if (yes) return
  const answer = await io.ask(cliWords(language)('mandates.sign'))
  if (answer === null) throw new UsageError('expected a terminal on which you can be asked, or --yes; came neither')
  if (/^(yes|y|sí|si|s)$/i.test(answer.trim())) return
  throw new Error(cliWords(language)('mandates.notSigned'))
}
