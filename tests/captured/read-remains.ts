/** What ARCHITECTURE.md says that remains to a captured gateway where a country takes `any` question. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const PAGE = join(import.meta.dirname, '..', '..', 'ARCHITECTURE.md')
const HEADING = '### What remains with `questions: any`'

/** A row of the table: the acts, and what comes of them. */
export interface RemainingRow {
  readonly row: string
  readonly signed: string
  readonly any: string
}

/** Reads the rows of the table. A cell may say more after the verdict. */
export async function readRemains(): Promise<readonly RemainingRow[]> {
  const [, section = ''] = (await readFile(PAGE, 'utf8')).split(HEADING)
  const [text = ''] = section.split('\n### ', 1)
  const rows = text.split('\n').filter((line) => line.startsWith('| '))
  return rows.slice(1).flatMap((line) => {
    const [row = '', signed = '', any = ''] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim())
    return [{ row, signed: verdictIn(signed), any: verdictIn(any) }]
  })
}

/** The first word of a cell, without its emphasis. */
function verdictIn(cell: string): string {
  return /^\**(\w+)/.exec(cell)?.[1] ?? cell
}
