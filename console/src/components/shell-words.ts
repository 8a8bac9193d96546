import { hasHidden } from './clean-text.ts'

/** Writes command lines that a person copies into a POSIX shell. */

/**
 * A text has a control character, which a shell or a terminal might obey, or one that a person who copies the command would not see. The message names the place
 * and not the text.
 */
export class UnsafeTextError extends Error {
  override readonly name = 'UnsafeTextError'
}

/**
 * Writes a command line. Each word reaches the command as it is, whatever it contains.
 * @throws {UnsafeTextError} if a word has a hidden character or a lone surrogate.
 */
export function writeCommand(words: readonly string[]): string {
  return words.map(quoteWord).join(' ')
}

/** Quotes one word for a POSIX shell. Inside single quotes no character has a meaning but the quote itself. */
function quoteWord(word: string, at: number): string {
  if (hasHidden(word) || !word.isWellFormed()) {
    throw new UnsafeTextError(`expected a text without hidden characters as word ${at + 1} of the command`)
  }
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
