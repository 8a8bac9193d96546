import { writeCsvLine } from './cell-texts.ts'

/** What an exported table says besides its rows, so that a reader knows how complete it is and where it can be verified. */
export interface ExportFrame {
  /** In the order in which they are written. */
  readonly facts: readonly ExportFact[]
}

/** Label, value, and where a document has it: with who asked, with who answered and what is missing, or with how to verify it (that is the default). */
export type ExportFact = readonly [label: string, value: string, place?: 'asked' | 'answered']

/** A value of a cell. A text `YYYY-MM-DD` is a day. */
export type CellValue = string | number | null | undefined

/** A part of a document or a workbook: a table with its title. Without titles of columns, its rows are of a label and a value. */
export interface ExportPart {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly CellValue[])[]
}

/** A column of an exported table. */
export interface ExportColumn<Row> {
  readonly title: string
  readonly value: (row: Row) => CellValue
  /** What a reader of a document or a workbook sees instead, where the value is a code. */
  readonly word?: (row: Row) => string
}

/** What is a day, and not another text. */
export const DAY = /^\d{4}-\d{2}-\d{2}$/

/** Returns a table as a reader sees it: in words. */
export function toPart<Row>(title: string, columns: readonly ExportColumn<Row>[], rows: readonly Row[]): ExportPart {
  return {
    title,
    columns: columns.map((column) => column.title),
    rows: rows.map((row) => columns.map(({ value, word }) => (word ?? value)(row))),
  }
}

/**
 * Characters with which spreadsheets begin a formula, also after blanks that they drop (OWASP, CSV injection). A cell that begins with one of them
 * gets an apostrophe, which makes it text. A number is written as it is.
 */
const FORMULA = /^[\s\u00a0\ufeff"']*[=+\-@\t\r|%＝＋－＠]/

/**
 * A formula behind a semicolon within a text. A spreadsheet of a country that writes decimals with a comma, such as Costa Rica, divides a file at semicolons and
 * not at commas: there, the quotation marks around our cell stand in the middle of one of its own, and the text behind the semicolon begins the next.
 */
const FORMULA_WITHIN = /;(?=[\s\u00a0\ufeff"']*[=+\-@|%＝＋－＠])/g

/** Characters that end a line or a cell, that hide what the text says, or that XML cannot hold. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu

/** Makes a text that a spreadsheet shows as it is, and never runs. */
export function guardCell(value: CellValue): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const plain = value.toWellFormed().replace(CONTROLS, ' ').replaceAll('\ufffd', '?')
  const text = plain.replace(FORMULA_WITHIN, ";'")
  // The writer of XLSX files looks texts up in a plain object, and would find `constructor` there.
  const isMember = Object.hasOwn(Object.prototype, text)
  return FORMULA.test(text) || isMember ? `'${text}` : text
}

/** Writes the records of a CSV file: a line with the titles, and one for each row, each with its end. */
export function writeRecords<Row>(columns: readonly ExportColumn<Row>[], rows: readonly Row[]): string {
  return listCells(columns, rows).map(writeCsvLine).join('')
}

/** Lists the cells of a table as a file has them: the titles, then the rows, each guarded. */
export function listCells<Row>(
  columns: readonly ExportColumn<Row>[],
  rows: readonly Row[],
): readonly (readonly string[])[] {
  return [
    columns.map(({ title }) => guardCell(title)),
    ...rows.map((row) => columns.map(({ value }) => guardCell(value(row)))),
  ]
}

/** Lists the cells of a frame as a file has them. */
export function listFacts({ facts }: ExportFrame): readonly (readonly [string, string])[] {
  return facts.map(([label, value]) => [guardCell(label), guardCell(value)])
}

/**
 * Writes a CSV file in UTF-8 with a mark at its beginning, so that spreadsheets read its accents. The frame comes after the records and an empty line, so that
 * the first line has the titles.
 */
export function writeCsv(records: string, frame: ExportFrame): string {
  return `\uFEFF${records}\r\n${listFacts(frame).map(writeCsvLine).join('')}`
}
