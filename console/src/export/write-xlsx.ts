import writeXlsxFile from 'write-excel-file/browser'
import { type ExportColumn, type ExportFrame, guardCell } from './table-export.ts'

/** Writes an XLSX file. Each cell is a text or a number, and never a formula. */
export async function writeXlsx<Row>(
  columns: readonly ExportColumn<Row>[],
  rows: readonly Row[],
  frame: ExportFrame,
): Promise<Blob> {
  const text = (value: string, isBold = false) => ({
    value,
    type: String,
    ...(isBold && { fontWeight: 'bold' as const }),
  })
  const sheet = [
    columns.map(({ title }) => text(guardCell(title), true)),
    ...rows.map((row) =>
      columns.map(({ value }) => {
        const cell = value(row)
        return typeof cell === 'number' ? { value: cell, type: Number } : text(guardCell(cell))
      }),
    ),
    [],
    ...frame.facts.map(([label, value]) => [text(guardCell(label), true), text(guardCell(value))]),
  ]
  return writeXlsxFile(sheet, {}).toBlob()
}
