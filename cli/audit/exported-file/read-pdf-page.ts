/** A text on a page, the cell of the table that it says to be, and where it stands, in points. */
export interface ShownCell {
  readonly row: number
  readonly column: number
  readonly text: string
  readonly x: number
  readonly y: number
}

const WINDOWS_1252 = new TextDecoder('windows-1252')

/** One operand or operator of a content stream (ISO 32000-1, 7.8.2), as far as the console writes them. */
const TOKEN =
  /<<[^<>]*>>|<[\da-fA-F]*>|\((?:[^()\\]|\\.)*\)|\/[^\s<>[\]()/]+|-?\d*\.?\d+(?:e-?\d+)?|[A-Za-z'"*]+|\[[^\]]*\]/g

/** The operators that the console writes besides those that show, place or mark text: they begin and end texts and draw thin lines. */
const HARMLESS = new Set('q Q BT ET TL T* w d m l S'.split(' '))

/** The operators that set a color, and the only color is black. Other colors could hide what is there. */
const COLORS = new Set(['rg', 'RG', 'g', 'G'])

/** The sizes of letters that the console writes. */
const SIZES = new Set([7.5, 8.5, 10])

/** What is known of a text before it is shown. */
interface Pen {
  place: { readonly row: number; readonly column: number } | 'artifact' | null
  x: number
  y: number
}

/**
 * Reads what one page shows, by its marks (ISO 32000-1, 14.6).
 * @throws {TypeError} if something is on the page that the console does not write: text without a mark, among the cells or out of its row, or other operators.
 */
export function readPdfPage(content: string): readonly ShownCell[] {
  const shown: ShownCell[] = []
  const beside: number[] = []
  const pen: Pen = { place: null, x: Number.NaN, y: Number.NaN }
  let operands: string[] = []
  for (const [token] of content.matchAll(TOKEN)) {
    if (!/^[A-Za-z'"*]/.test(token)) {
      operands.push(token)
      continue
    }
    if (token === 'Tj') {
      const text = decode(operands[0])
      if (pen.place === null) throw strange('text that is of no cell')
      if (pen.place === 'artifact') beside.push(pen.y)
      else shown.push({ ...pen.place, text, x: pen.x, y: pen.y })
    } else movePen(pen, token, operands)
    operands = []
  }
  checkPlaces(shown, beside)
  return shown
}

/** Follows an operator that shows nothing. */
function movePen(pen: Pen, operator: string, operands: readonly string[]): void {
  const numbers = operands.map(Number)
  if (operator === 'BMC' && operands[0] === '/Artifact') pen.place = 'artifact'
  else if (operator === 'BDC') pen.place = readPlace(operands[1])
  else if (operator === 'EMC') pen.place = null
  else if (operator === 'Tm') {
    const [a, b, c, d, x = Number.NaN, y = Number.NaN] = numbers
    if (a !== 1 || b !== 0 || c !== 0 || d !== 1 || !(x >= 40 && y >= 40 && x < 842 && y < 842))
      throw strange('text that is bent or outside')
    Object.assign(pen, { x, y })
  } else if (operator === 'Tf') {
    if (!SIZES.has(numbers[1] ?? 0)) throw strange(`letters of the size ${operands[1]}`)
  } else if (COLORS.has(operator)) {
    if (numbers.some((part) => part !== 0)) throw strange(`the color ${operands.join(' ')}`)
  } else if (operator === 'w') {
    if (!((numbers[0] ?? 0) < 1)) throw strange(`lines of the width ${operands[0]}`)
  } else if (!HARMLESS.has(operator)) throw strange(`the operator ${operator}`)
}

/** Checks that the cells stand row below row, and that the head and the foot stand above and below all of them. */
function checkPlaces(shown: readonly ShownCell[], beside: readonly number[]): void {
  for (const [at, { row, column, y }] of shown.entries()) {
    const before = shown[at - 1]
    if (before === undefined) continue
    const isLater = row > before.row ? y < before.y : row === before.row && y <= before.y
    if (!isLater || (y === before.y && column <= before.column)) throw strange(`a cell out of its row: row ${row + 1}`)
  }
  const heights = shown.map(({ y }) => y)
  const [top, bottom] = [Math.max(...heights), Math.min(...heights)]
  if (beside.some((y) => y <= top && y >= bottom)) throw strange('text of no cell among the cells')
}

function readPlace(properties = ''): { readonly row: number; readonly column: number } {
  const [, row, column] = /^<<\s*\/IstmoRow (\d+)\s*\/IstmoColumn (\d+)\s*>>$/.exec(properties) ?? []
  if (row === undefined) throw strange(`the mark ${properties}`)
  return { row: Number(row), column: Number(column) }
}

/** Reads a text in hexadecimal digits, in the encoding of the readers' own fonts. */
function decode(operand = ''): string {
  if (!/^<(?:[\da-fA-F]{2})*>$/.test(operand)) throw strange(`the text ${operand}`)
  return WINDOWS_1252.decode(Buffer.from(operand.slice(1, -1), 'hex'))
}

function strange(came: string): TypeError {
  return new TypeError(`expected a page as the console writes it; came one with ${came}`)
}
