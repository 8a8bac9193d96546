import { randomUUID } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { z } from 'zod'
import { readSuspension } from '../../contract/trust/suspension.ts'
import type { CountedStatement } from '../../contract/trust/suspension-state.ts'
import { appendLine } from '../append-line.ts'
import { replaceFile } from '../replace-file.ts'

/**
 * The file in which a process keeps the statements that it counted, in that order, so that a start counts them again. One line of JSON each;
 * a line is on the disk before the statement takes effect. The file is written anew when most of its lines do not matter any more.
 */

/** What the file holds. `id` changes if somebody begins the file anew: then the places of the old one mean nothing. */
export interface KeptStatements {
  readonly id: string
  readonly last: number
  readonly seqs: ReadonlyMap<string, number>
  readonly statements: readonly CountedStatement[]
}

/** The open file. */
export interface StatementFile {
  /** Adds a statement. Resolves when it is on the disk. @throws {Error} if it cannot be written. */
  readonly append: (statement: CountedStatement) => Promise<void>
  /** Writes the complete file anew, in one step. */
  readonly rewrite: (kept: KeptStatements) => Promise<void>
  readonly close: () => Promise<void>
}

const headSchema = z.strictObject({
  id: z.string().min(1),
  last: z.int().nonnegative(),
  seqs: z.record(z.string(), z.int()),
})
const lineSchema = z.strictObject({ position: z.int().min(1), isOwner: z.boolean(), statement: z.string() })

/**
 * Opens the file, or begins it. A line that a crash cut off is dropped: nobody was told that it counts.
 * @throws {Error} if another line is damaged. A process must not go on as if a suspension had never been.
 */
export async function openStatementFile(path: string): Promise<{ kept: KeptStatements; file: StatementFile }> {
  const kept = await readStatements(path)
  await writeFile(path, kept)
  let handle = await open(path, 'a', 0o600)
  return {
    kept,
    file: {
      append: (statement) => appendLine(handle, formatLine(statement)),
      async rewrite(next) {
        await writeFile(path, next)
        await handle.close()
        handle = await open(path, 'a', 0o600)
      },
      close: () => handle.close(),
    },
  }
}

/**
 * Reads the file without opening it for writing, also while its process runs. A file that does not exist has no statements.
 * @throws {Error} if it is damaged.
 */
export async function readStatements(path: string): Promise<KeptStatements> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return readLines(path, text)
}

function readLines(path: string, text: string): KeptStatements {
  const lines = text.split('\n').slice(0, -1)
  if (lines.length === 0) return { id: randomUUID(), last: 0, seqs: new Map(), statements: [] }
  try {
    const [first, ...rest] = lines.map((line): unknown => JSON.parse(line))
    const { id, last, seqs } = headSchema.parse(first)
    const statements = rest.map((line): CountedStatement => {
      const { position, isOwner, statement } = lineSchema.parse(line)
      return { position, isOwner, statement: readSuspension(statement) }
    })
    return { id, last: statements.at(-1)?.position ?? last, seqs: new Map(Object.entries(seqs)), statements }
  } catch (cause) {
    const remedy = 'Restore the file from a copy. Without it, this process would forget what was suspended.'
    throw new Error(`${path}: expected the statements that were counted before; it is damaged. ${remedy}`, { cause })
  }
}

function formatLine({ position, isOwner, statement }: CountedStatement): string {
  return `${JSON.stringify({ position, isOwner, statement: statement.text })}\n`
}

async function writeFile(path: string, { id, last, seqs, statements }: KeptStatements): Promise<void> {
  const head = `${JSON.stringify({ id, last, seqs: Object.fromEntries(seqs) })}\n`
  await replaceFile(path, head + statements.map(formatLine).join(''))
}
