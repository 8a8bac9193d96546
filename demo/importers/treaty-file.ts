import { openTextFile } from './text-file.ts'

/** The name that the publisher gives to the index of treaties. */
export const TREATY_INDEX_FILE = 'un-treaty-index.csv'
/** The name that the publisher gives to the table of participations. */
export const PARTICIPATION_FILE = 'un-treaty-participation.csv'

/**
 * Finds out which of the two files on treaties a file is, whatever its name: the participations have a column `participant`.
 * @throws {UsageError} when the file does not exist, or is not UTF-8.
 */
export async function treatyFileKind(path: string): Promise<string> {
  const { chunks } = await openTextFile(path)
  for await (const chunk of chunks) {
    const [head = ''] = chunk.split('\n')
    return /\bparticipant\b/.test(head) ? PARTICIPATION_FILE : TREATY_INDEX_FILE
  }
  return TREATY_INDEX_FILE
}
