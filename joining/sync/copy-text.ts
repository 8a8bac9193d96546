import type { Cell } from '../mapping/mapping.ts'

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** Writes a row as a line of PostgreSQL's COPY in text format. Its cells have no sign U+0000, which PostgreSQL has not. */
export function formatCopyLine(cells: readonly Cell[]): string {
  return `${cells.map(formatCell).join('\t')}\n`
}

function formatCell(cell: Cell): string {
  if (cell === null) return '\\N'
  if (typeof cell === 'string') return escapeText(cell)
  if (typeof cell === 'object') return escapeText(formatArray(cell))
  if (typeof cell === 'boolean') return cell ? 't' : 'f'
  return String(cell)
}

function escapeText(text: string): string {
  return /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (sign) => ESCAPES[sign] ?? sign) : text
}

/** Writes an array of texts as PostgreSQL reads it, each text in quotes. */
export function formatArray(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}
