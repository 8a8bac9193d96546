import type { FileHandle } from 'node:fs/promises'

/**
 * Appends a line to a file that was opened to append. Resolves when it is on the disk. A line that is only partly written, such as on a full disk, would
 * make the next one unreadable, so it is taken back.
 * @param line with its end.
 * @throws {Error} of the system if it cannot be written.
 */
export async function appendLine(handle: FileHandle, line: string): Promise<void> {
  const { size } = await handle.stat()
  try {
    await handle.writeFile(line)
    await handle.sync()
  } catch (error) {
    await handle.truncate(size).catch(() => undefined)
    throw error
  }
}
