import { writePdfText } from './cell-texts.ts'
import { type ExportColumn, type ExportFrame, listCells, listFacts, writeCsv, writeRecords } from './table-export.ts'

/** What a file is made of. */
export interface FileParts<Row> {
  /** What the file is, in words. */
  readonly title: string
  readonly columns: readonly ExportColumn<Row>[]
  readonly rows: readonly Row[]
  readonly frame: ExportFrame
  /** How the records may be used: it stands on each page of a PDF file. */
  readonly foot: string
  readonly wordPage: (page: number, pages: number) => string
  /** `es` or `en`. */
  readonly language: string
}

/** The forms of a table. */
export type TableForm = 'csv' | 'xlsx' | 'pdf'

/** Loads what makes files of one form. What writes XLSX and PDF is loaded only for an export. */
export async function loadMaker(format: TableForm): Promise<<Row>(parts: FileParts<Row>) => Promise<Blob>> {
  if (format === 'xlsx') {
    const { writeXlsx } = await import('./write-xlsx.ts')
    return ({ columns, rows, frame }) => writeXlsx(columns, rows, frame)
  }
  if (format === 'csv') return async (parts) => new Blob([toCsv(parts)], { type: 'text/csv;charset=utf-8' })
  const { writePdf } = await import('./pdf/write-pdf.ts')
  return ({ title, columns, rows, frame, foot, wordPage, language }) =>
    writePdf({
      csv: toCsv({ columns, rows, frame }),
      language,
      title: writePdfText(title),
      records: listCells(columns, rows).map((cells) => cells.map(writePdfText)),
      facts: listFacts(frame).map(([label, value]) => [writePdfText(label), writePdfText(value)]),
      foot: writePdfText(foot),
      wordPage: (page, pages) => writePdfText(wordPage(page, pages)),
    })
}

function toCsv<Row>({ columns, rows, frame }: Pick<FileParts<Row>, 'columns' | 'rows' | 'frame'>): string {
  return writeCsv(writeRecords(columns, rows), frame)
}
