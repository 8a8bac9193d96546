import writeXlsxFile from 'write-excel-file/browser'
import { type CellValue, DAY, type ExportPart, guardCell } from './table-export.ts'

/** The longest name that a sheet may have, and what it may not contain. */
const MOST_LETTERS = 31
const NOT_IN_NAME = /[\\/?*[\]:']/g

/** The narrowest and the widest column, in letters. */
const [LEAST_WIDTH, MOST_WIDTH] = [9, 60]

/** Writes an XLSX file with a sheet for each part. Each cell is a text, a number or a day, and never a formula. */
export async function writeXlsx(parts: readonly ExportPart[]): Promise<Blob> {
  const names = new Set<string>()
  const sheets = parts.map(({ title, columns, rows }) => ({
    sheet: nameSheet(title, names),
    dateFormat: 'dd/mm/yyyy',
    stickyRowsCount: columns.length > 0 ? 1 : 0,
    columns: measureColumns([columns, ...rows]),
    data: [
      ...(columns.length > 0 ? [columns.map((text) => ({ ...toCell(text), fontWeight: 'bold' as const }))] : []),
      ...rows.map((row) => row.map(toCell)),
    ],
  }))
  return writeXlsxFile(sheets).toBlob()
}

function toCell(value: CellValue) {
  if (typeof value === 'number') return { value, type: Number }
  const day = typeof value === 'string' && DAY.test(value) ? new Date(`${value}T00:00:00Z`) : null
  // A day that no calendar has stays a text.
  if (day !== null && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(String(value))) {
    return { value: day, type: Date }
  }
  return { value: guardCell(value), type: String, wrap: true, alignVertical: 'top' as const }
}

function measureColumns(rows: readonly (readonly CellValue[])[]): { width: number }[] {
  const count = Math.max(1, ...rows.map((row) => row.length))
  return Array.from({ length: count }, (_, at) => {
    const widest = Math.max(0, ...rows.map((row) => guardCell(row[at]).length))
    return { width: Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, widest) + 2) }
  })
}

/** Names a sheet as spreadsheets let it be named, each once. */
function nameSheet(title: string, names: Set<string>): string {
  const plain =
    guardCell(title)
      .replace(NOT_IN_NAME, ' ')
      .trim()
      .slice(0, MOST_LETTERS - 3) || 'Istmo'
  let name = plain
  for (let again = 2; names.has(name.toLowerCase()); again++) name = `${plain} ${again}`
  names.add(name.toLowerCase())
  return name
}
