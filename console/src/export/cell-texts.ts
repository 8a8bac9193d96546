/** How the texts of cells stand in a file: in lines of CSV, and with the letters that a PDF file can show. */

/** Writes one line of CSV with its end (RFC 4180). A cell is in quotation marks wherever it could be read in another way. */
export function writeCsvLine(cells: readonly string[]): string {
  return `${cells.map(quoteCell).join(',')}\r\n`
}

function quoteCell(text: string): string {
  return /[",;\n\r]|^\s|\s$|^'/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

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
