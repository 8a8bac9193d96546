/** Reads the file of the hot list (gateway/known/hot-file.ts says what is in it). */
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { MAX_FILE_BYTES } from '../known/hot-file.ts'

/** Why a file is not read. */
type Fault = 'NOT_A_FILE' | 'TOO_LARGE' | 'OF_ANOTHER_USER' | 'WRITABLE_BY_OTHERS'

/** The permissions to write of the group and of others. */
const OTHERS_WRITE = 0o022

/**
 * Reads the text of the file. It is read only if nobody else could have written it: whoever writes it decides what the gateway plans.
 * @returns null if there is no file.
 * @throws {Error} with a reason as its message, such as `WRITABLE_BY_OTHERS` or the code of the system. The message says no word of the file.
 */
export async function readHotListFile(path: string): Promise<string | null> {
  try {
    // A pipe must not let the start wait.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const fault = await findFault(file)
      if (fault !== null) throw new Error(fault)
      return await file.readFile('utf8')
    } finally {
      await file.close()
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return null
    throw new Error(code ?? message, { cause })
  }
}

async function findFault(file: FileHandle): Promise<Fault | null> {
  const found = await file.stat()
  if (!found.isFile()) return 'NOT_A_FILE'
  if (found.size > MAX_FILE_BYTES) return 'TOO_LARGE'
  const user = process.getuid?.()
  if (user === undefined) return null
  if (found.uid !== user && found.uid !== 0) return 'OF_ANOTHER_USER'
  return (found.mode & OTHERS_WRITE) === 0 ? null : 'WRITABLE_BY_OTHERS'
}
