import { writePdfText } from './cell-texts.ts'
import {
  type CellValue,
  DAY,
  type ExportColumn,
  type ExportFact,
  type ExportFrame,
  type ExportPart,
  toPart,
  writeCsv,
  writeRecords,
} from './table-export.ts'

/** What a file is made of. */
export interface FileParts<Row> {
  /** What the file is, in words. */
  readonly title: string
  readonly columns: readonly ExportColumn<Row>[]
  readonly rows: readonly Row[]
  /** What a document and a workbook have instead of the table. */
  readonly parts?: readonly ExportPart[] | undefined
  readonly frame: ExportFrame
  readonly words: FileWording
  /** A picture (PNG) that a document has before its parts. */
  readonly picture?: Blob | undefined
}

/** The words of a file besides its content. */
export interface FileWording {
  /** How the records may be used: it stands on each page of a PDF file. */
  readonly foot: string
  /** The titles of what a document says besides its content. */
  readonly answered: string
  readonly verify: string
  /** The name of the sheet of a workbook that says all of it. */
  readonly sheet: string
  readonly page: (page: number, pages: number) => string
  readonly day: (day: string) => string
  /** Words «≥ 5», a sign that the fonts of a document lack. */
  readonly atLeast: (number: string) => string
  /** `es` or `en`. */
  readonly language: string
}

/** The forms of a table. */
export type TableForm = 'csv' | 'xlsx' | 'pdf'

/** Loads what makes files of one form. What writes XLSX and PDF is loaded only for an export. */
export async function loadMaker(format: TableForm): Promise<<Row>(parts: FileParts<Row>) => Promise<Blob>> {
  if (format === 'csv') return async (parts) => new Blob([toCsv(parts)], { type: 'text/csv;charset=utf-8' })
  if (format === 'xlsx') {
    const { writeXlsx } = await import('./write-xlsx.ts')
    return ({ title, columns, rows, parts, frame, words }) =>
      writeXlsx([
        ...(parts ?? [toPart(title, columns, rows)]),
        { title: words.sheet, columns: [], rows: pair(frame.facts) },
      ])
  }
  const { writePdf } = await import('./pdf/write-pdf.ts')
  return (file) => {
    const { title, columns, rows, parts = [toPart('', columns, rows)], frame, words, picture } = file
    const of = (place: ExportFact[2]) => pair(frame.facts.filter((fact) => fact[2] === place)).map(shortenFact)
    const all: readonly ExportPart[] = [
      { title: '', columns: [], rows: of('asked') },
      { title: words.answered, columns: [], rows: of('answered') },
      ...parts,
      { title: words.verify, columns: [], rows: of(undefined) },
    ]
    return writePdf({
      picture,
      csv: toCsv(file),
      language: words.language,
      title: writePdfText(title),
      parts: all
        .filter((part) => part.rows.length > 0 || part.columns.length > 0)
        .map((part) => toPrinted(part, words)),
      foot: writePdfText(words.foot),
      wordPage: (page, pages) => writePdfText(words.page(page, pages)),
    })
  }
}

const pair = (facts: ExportFrame['facts']) => facts.map(([label, value]) => [label, value] as const)

/** What a document leaves out: names of the schema and codes, which stand in the attached table and beside which the same stands in words. */
const FOR_PROGRAMS = / \([A-Z]\w*\.\w+\)| [A-Z]+(?:_[A-Z]+)+(?=[,)])/g

/** A reader of a document needs a label that is the one above only once. */
function shortenFact(
  [label, value]: readonly [string, string],
  at: number,
  all: readonly (readonly [string, string])[],
): readonly string[] {
  return [label === all[at - 1]?.[0] ? '' : label, value.replace(FOR_PROGRAMS, '')]
}

function toPrinted({ title, columns, rows }: ExportPart, { day, atLeast }: FileWording) {
  const print = (cell: CellValue): string => {
    // A day is never broken into two lines.
    if (typeof cell === 'string' && DAY.test(cell)) return writePdfText(day(cell)).replaceAll(' ', '\u00a0')
    return writePdfText(String(cell ?? '').replace(/≥\s*(\d[\d.,]*)/g, (_, number: string) => atLeast(number)))
  }
  return { title: print(title), columns: columns.map(print), rows: rows.map((row) => row.map(print)) }
}

function toCsv<Row>({ columns, rows, frame }: Pick<FileParts<Row>, 'columns' | 'rows' | 'frame'>): string {
  return writeCsv(writeRecords(columns, rows), frame)
}
