import { openTextFile } from './text-file.ts'

/** The publisher’s name of the index of treaties. */
export const TREATY_INDEX_FILE = 'un-treaty-index.csv'
/** The publisher’s name of the table of participations. */
export const PARTICIPATION_FILE = 'un-treaty-participation.csv'

/**
 * Which of the two files on treaties a file is, whatever its name: the participations have a column `participant`.
 * @throws {UsageError} when there is no such file, or it is not UTF-8.
 */
export async function treatyFileKind(path: string): Promise<string> {
  const { chunks } = await openTextFile(path)
  for await (const chunk of chunks) {
    const [head = ''] = chunk.split('\n')
    return /\bparticipant\b/.test(head) ? PARTICIPATION_FILE : TREATY_INDEX_FILE
  }
  return TREATY_INDEX_FILE
}
