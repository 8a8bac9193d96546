/** What an exported table says besides its rows, so that a reader knows how complete it is and where it can be verified. */
export interface ExportFrame {
  /** Label and value, in the order in which they are written. */
  readonly facts: readonly (readonly [label: string, value: string])[]
}

/** A column of an exported table. */
export interface ExportColumn<Row> {
  readonly title: string
  readonly value: (row: Row) => string | number | null | undefined
}

/**
 * Characters with which spreadsheets begin a formula, also after blanks that they drop (OWASP, CSV injection). A cell that begins with one of them
 * gets an apostrophe, which makes it text. A number is written as it is.
 */
const FORMULA = /^[\s\u00a0\ufeff"']*[=+\-@\t\r|%＝＋－＠]/

/** Characters that end a line or a cell, or that hide what the text says. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Makes a text that a spreadsheet shows as it is, and never runs. */
export function guardCell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = value.replace(CONTROLS, ' ')
  return FORMULA.test(text) ? `'${text}` : text
}

/** Writes one cell of a CSV file (RFC 4180): in quotation marks wherever it could be read in another way. */
function writeCell(value: string | number | null | undefined): string {
  const text = guardCell(value)
  return /[",;\n\r]|^\s|\s$|^'/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Writes the records of a CSV file: a line with the titles, and one for each row, each with its end. */
export function writeRecords<Row>(columns: readonly ExportColumn<Row>[], rows: readonly Row[]): string {
  const lines = [
    columns.map(({ title }) => writeCell(title)),
    ...rows.map((row) => columns.map(({ value }) => writeCell(value(row)))),
  ]
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('')
}

/**
 * Writes a CSV file in UTF-8 with a mark at its beginning, so that spreadsheets read its accents. The frame comes after the records and an empty line, so that
 * the first line has the titles.
 */
export function writeCsv(records: string, frame: ExportFrame): string {
  const facts = frame.facts.map(([label, value]) => `${writeCell(label)},${writeCell(value)}\r\n`)
  return `\uFEFF${records}\r\n${facts.join('')}`
}
