import { open } from 'node:fs/promises'
import type { AskedQuestion } from '../../clients/client.ts'

/**
 * Creates what appends each question to a journal: one line of JSON, on the disk before the question is sent. So a question that the gateway,
 * the authority or a country has in its log, and that the tool's journal lacks, was not asked by this tool. A line holds ids, hashes and times, no
 * value and no token. Only the file's owner can read it.
 */
export function createJournal(path: string, gateway: string): (asked: AskedQuestion) => Promise<void> {
  return async (asked) => {
    const file = await open(path, 'a', 0o600)
    try {
      await file.appendFile(`${JSON.stringify({ v: 1, at: new Date().toISOString(), gateway, ...asked })}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
  }
}
