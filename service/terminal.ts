import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/**
 * Asks the person at the terminal of this process a question.
 * @param isSecret what is typed is not shown
 * @returns the answer; null if nobody can be asked.
 */
export async function askOnTerminal(question: string, isSecret = false): Promise<string | null> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: isSecret ? silent : process.stderr, terminal: true })
  try {
    if (isSecret) process.stderr.write(question)
    return await lines.question(isSecret ? '' : question)
  } finally {
    if (isSecret) process.stderr.write('\n')
    lines.close()
  }
}
