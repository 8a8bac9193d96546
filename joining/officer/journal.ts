import { type FileHandle, open } from 'node:fs/promises'
import type { WriteJournal } from '../../clients/journal.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { UsageError } from '../../service/usage-error.ts'

/**
 * Creates what appends lines to a journal (docs/design/trust.md, The journal). Each is on the disk before the question is sent, or before the answer
 * is shown. So a question that the gateway, the authority or a country has in its log, and that the tool's journal lacks, was not asked by this
 * tool. A line has values and answers, so only the file's owner can read it. What it returns throws {UsageError} if the file cannot be opened.
 */
export function createJournal(path: string): WriteJournal {
  return async (line) => {
    const file = await openFile(path)
    try {
      // A crash may have left a line without its end. What is written behind it must not become a part of it.
      const start = (await endsOpen(file)) ? '\n' : ''
      await file.appendFile(`${start}${JSON.stringify(line)}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'a+', 0o600)
  } catch (cause) {
    throw new UsageError(`--journal: expected a file that can be written; ${path}: ${describeFileError(cause)}`, {
      cause,
    })
  }
}

async function endsOpen(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat()
  if (size === 0) return false
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] !== 0x0a
}
