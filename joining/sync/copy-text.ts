import type { Cell } from '../mapping/mapping.ts'

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** Writes a row as a line of PostgreSQL's COPY in text format. Its cells have no sign U+0000, which PostgreSQL has not. */
export function formatCopyLine(cells: readonly Cell[]): string {
  return `${cells.map(formatCell).join('\t')}\n`
}

function formatCell(cell: Cell): string {
  if (cell === null) return '\\N'
  if (typeof cell === 'string') return escape(cell)
  if (typeof cell === 'object') return escape(formatArray(cell))
  if (typeof cell === 'boolean') return cell ? 't' : 'f'
  return String(cell)
}

function escape(text: string): string {
  return /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (sign) => ESCAPES[sign] ?? sign) : text
}

/** Writes an array of texts as PostgreSQL reads it, each text in quotes. */
export function formatArray(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}

/** Why PostgreSQL cannot take a cell; undefined if it can. */
export function findUnfit(cell: Cell): string | undefined {
  if (typeof cell === 'string') return cell.includes('\0') ? 'expected a text; it has the sign U+0000' : undefined
  if (typeof cell === 'number' && !(Number.isInteger(cell) && Math.abs(cell) <= 2_147_483_647)) {
    return `expected a whole number up to 2147483647; came ${cell}`
  }
  if (typeof cell === 'object' && cell !== null) return cell.map(findUnfit).find((reason) => reason !== undefined)
  return undefined
}
