/** A file to which entries are appended, as cheaply as a disk can be made to keep them. */
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** How long the file is, in bytes. It has its length from the start, so that an entry changes no length. After the end comes the beginning. */
const FILE_BYTES = 64 * 1024 * 1024

interface Waiting {
  readonly text: string
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Creates the file. @returns the function that writes an entry, and resolves when the disk has it. Entries that come while it writes are written together. */
export async function openEntryFile(file: string): Promise<(entry: string) => Promise<void>> {
  const creating = await open(file, 'w')
  await creating.write(Buffer.alloc(FILE_BYTES))
  await creating.sync()
  await creating.close()
  // With O_DSYNC, one call writes and waits for the disk.
  const handle = await open(file, constants.O_WRONLY | constants.O_DSYNC)
  let waiting: Waiting[] = []
  let [at, isWriting] = [0, false]
  const writeAll = async (): Promise<void> => {
    isWriting = true
    // What comes in this turn is written together.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) {
      const all = waiting
      waiting = []
      try {
        const bytes = Buffer.from(all.map(({ text }) => `${text}\n`).join(''))
        if (at + bytes.length > FILE_BYTES) at = 0
        await handle.write(bytes, 0, bytes.length, at)
        at += bytes.length
        for (const { resolve } of all) resolve()
      } catch (error) {
        for (const { reject } of all) reject(error)
      }
    }
    isWriting = false
  }
  return (text) =>
    new Promise((resolve, reject) => {
      waiting.push({ text, resolve, reject })
      if (!isWriting) void writeAll()
    })
}
