/**
 * What the console writes into a file and `istmo audit check-file` reads out of it: lines of CSV, and the letters that a PDF file can show. The digest
 * of an export is over the lines (docs/decisions/0092-an-export-is-an-entry-of-the-officers-authority.md).
 */

/** Writes one line of CSV with its end (RFC 4180). A cell is in quotation marks wherever it could be read in another way. */
export function writeCsvLine(cells: readonly string[]): string {
  return `${cells.map(quoteCell).join(',')}\r\n`
}

function quoteCell(text: string): string {
  return /[",;\n\r]|^\s|\s$|^'/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * Reads lines of CSV that {@link writeCsvLine} wrote.
 * @throws {TypeError} if it did not write them so.
 */
export function readCsvLines(text: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  const written = rows.map(writeCsvLine)
  if (written.join('') === text) return rows
  let at = 0
  const wrong = written.findIndex((line) => {
    const isThere = text.startsWith(line, at)
    at += line.length
    return !isThere
  })
  throw new TypeError(
    `line ${wrong < 0 ? rows.length + 1 : wrong + 1}: expected CSV as the console writes it; came a line that another program wrote`,
  )
}

/** The labels by which a file is read again, in the languages of the console. Words that a person wrote may look like a salt or a digest. */
export const FILE_LABELS = {
  requests: { es: 'Identificadores en el registro de auditoría', en: 'Ids in the audit log' },
  entry: { es: 'Asiento de esta exportación', en: 'Entry of this export' },
  salt: { es: 'Sal del resumen', en: 'Salt of the digest' },
  digest: {
    es: 'Resumen de los registros (SHA-256 de la sal, un salto de línea y las filas como CSV)',
    en: 'Digest of the records (SHA-256 of the salt, a line feed and the rows as CSV)',
  },
} as const

/** The first line of a file from which its records are apart: an empty one. */
export const END_OF_RECORDS = '\r\n\r\n'

/** What Windows-1252 has besides ASCII and Latin-1. */
const MORE_LETTERS = '€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ'

/** A letter that the fonts of each PDF reader have: Windows-1252 without what cannot be seen. */
const SHOWN = new RegExp(`[\\u0020-\\u007e\\u00a1-\\u00ac\\u00ae-\\u00ff${MORE_LETTERS}]`, 'u')

/**
 * Writes a text with the letters that a PDF file without fonts of its own can show. Any other letter stands as its number, `{U+0107}`, so that none is
 * lost and two names never look alike. Blanks of any kind become one space.
 */
export function writePdfText(text: string): string {
  const letters = [...text.normalize('NFC').replace(/\s+/gu, ' ')]
  return letters.map((letter) => (SHOWN.test(letter) ? letter : numberOf(letter))).join('')
}

function numberOf(letter: string): string {
  return `{U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}}`
}
