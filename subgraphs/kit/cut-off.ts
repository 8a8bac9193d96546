import { readFile } from 'node:fs/promises'
import { ConfigError } from '../../service/config-error.ts'

/**
 * Rules that were cut off. The first half of a country's file, of its policies or of an SDL often still can be read, and says less: without the lines
 * behind it, `tighten` and `withhold` are gone. So a node that runs does not take a file that ended with a line break and does not any more.
 */

/** Whether each file ends with a line break, by its path. */
export type LineEnds = ReadonlyMap<string, boolean>

/** Reads how files end. @throws {Error} the file system's error. */
export async function readLineEnds(files: readonly string[]): Promise<LineEnds> {
  const ends = files.map(async (file) => [file, (await readFile(file, 'utf8')).endsWith('\n')] as const)
  return new Map(await Promise.all(ends))
}

/** Lists those of some files that do not end with a line break, as {@link readLineEnds} reads them. */
export async function listCutOff(files: readonly string[]): Promise<readonly string[]> {
  return [...(await readLineEnds(files))].filter(([, isWhole]) => !isWhole).map(([file]) => file)
}

/**
 * Compares how files end with how they ended before.
 * @throws {ConfigError} for a file that lost its last line break. The message has the remedy.
 */
export function rejectCutOff(before: LineEnds, after: LineEnds): void {
  const cut = [...after].find(([file, isWhole]) => !isWhole && before.get(file) === true)
  if (cut === undefined) return
  throw new ConfigError(
    `${cut[0]}: expected a file that ends with a line break, as before; came one that may be cut off (a full disk, a copy that broke). ` +
      'If it is complete, end its last line.',
  )
}
