import { type MeasureText, wrapText } from './wrap-text.ts'

/** A file that is to be laid out. All texts have only letters that the file can show. */
export interface PrintedFile {
  /** `es` or `en`: it decides the paper. */
  readonly language: string
  /** What stands at the head of each page. */
  readonly title: string
  /** The titles of the columns, then the rows. A row with nothing but its first cell is a heading. */
  readonly records: readonly (readonly string[])[]
  /** What is said after the records: label and value. */
  readonly facts: readonly (readonly [string, string])[]
  /** What stands at the foot of each page: how the records may be used. */
  readonly foot: string
  /** Returns what stands at the foot too: which page of how many. */
  readonly wordPage: (page: number, pages: number) => string
}

/** The place of a text in the file: which row, counted over titles, records and facts, and which cell of it. */
export interface CellPlace {
  readonly row: number
  readonly column: number
}

/** One line of text on a page. */
export interface PlacedText {
  readonly text: string
  /** Points from the left, and from the bottom to the line on which the letters stand. */
  readonly x: number
  readonly y: number
  readonly size: number
  readonly isBold: boolean
  /** Null for what belongs to the page and not to the table. */
  readonly cell: CellPlace | null
}

/** A page. */
export interface LaidPage {
  readonly width: number
  readonly height: number
  readonly texts: readonly PlacedText[]
  /** The heights at which thin lines go across, in points from the bottom. */
  readonly lines: readonly number[]
}

/** The sizes of paper in points, by language: the region prints on Carta (ANSI A, ASME Y14.1). */
const PAPERS: Readonly<Record<string, { readonly short: number; readonly long: number }>> = {
  es: { short: 612, long: 792 },
  en: { short: 595.28, long: 841.89 },
}

const MARGIN = 40
const SIZE = 8.5
const TITLE_SIZE = 10
const FOOT_SIZE = 7.5
const LEADING = 11
const GAP = 6
const SPACE_AFTER_ROW = 3
/** A page with more columns lies on its side. */
const MOST_UPRIGHT = 4
/** The widest that one cell makes its column, in points. */
const MOST_NATURAL = 220
const LEAST_NATURAL = 30
/** The part of a page that the titles of the columns may take where they are repeated: more would leave no room for records. */
const MOST_REPEATED = 1 / 3

/** A row that is broken into lines. */
interface BrokenRow {
  readonly row: number
  readonly isBold: boolean
  readonly isHeading: boolean
  /** By cell: its lines, and where it begins. */
  readonly cells: readonly { readonly x: number; readonly column: number; readonly lines: readonly string[] }[]
  readonly height: number
}

/**
 * Lays a file out on pages of Carta or A4. No row is broken over two pages unless it is longer than a page; the titles of the columns are at the head of each page that
 * has records, unless they take more than a third of it.
 */
export function layOutPages(file: PrintedFile, measure: MeasureText): readonly LaidPage[] {
  const columns = file.records[0]?.length ?? 0
  const { short, long } = PAPERS[file.language] ?? { short: 612, long: 792 }
  const [width, height] = columns > MOST_UPRIGHT ? [long, short] : [short, long]
  const inner = width - 2 * MARGIN
  const foot = wrapText(file.foot, inner, (line) => measure(line, FOOT_SIZE, true))
  const title = wrapText(file.title, inner, (line) => measure(line, TITLE_SIZE, true))
  const pages = createPages({ width, height, title, footLines: foot.length + 1 })
  const breakRow = createRowBreaker(file.records, inner, measure)
  const rows = file.records.map((cells, row) => breakRow(cells, row, row === 0))
  const [titles, ...records] = rows
  if (titles !== undefined) pages.repeat(titles)
  for (const record of records) pages.place(record)
  pages.stopRepeating()
  const breakFact = createRowBreaker(file.facts, inner, measure)
  file.facts.forEach((cells, at) => {
    pages.place(breakFact(cells, file.records.length + at, false))
  })
  return pages.end((page, count) => [...foot, file.wordPage(page, count)])
}

/** Makes a function that breaks the rows of one table into lines. */
function createRowBreaker(
  table: readonly (readonly string[])[],
  inner: number,
  measure: MeasureText,
): (cells: readonly string[], row: number, isBold: boolean) => BrokenRow {
  const widths = shareWidth(table, inner, measure)
  return (cells, row, isTitle) => {
    const isHeading = !isTitle && cells.length > 1 && cells[0] !== '' && cells.slice(1).every((cell) => cell === '')
    const isBold = isTitle || isHeading
    let x = MARGIN
    const broken = cells.map((cell, column) => {
      const own = isHeading && column === 0 ? inner : (widths[column] ?? 0)
      const lines = cell === '' ? [] : wrapText(cell, own - GAP, (line) => measure(line, SIZE, isBold))
      const placed = { x, column, lines }
      x += widths[column] ?? 0
      return placed
    })
    const count = Math.max(1, ...broken.map(({ lines }) => lines.length))
    return { row, isBold, isHeading, cells: broken, height: count * LEADING + SPACE_AFTER_ROW }
  }
}

/** Shares the width of a page among columns: as much as their cells need, and in proportion where that is too much. */
function shareWidth(table: readonly (readonly string[])[], inner: number, measure: MeasureText): readonly number[] {
  const count = Math.max(0, ...table.map((cells) => cells.length))
  const natural = Array.from({ length: count }, () => LEAST_NATURAL)
  for (const [row, cells] of table.entries()) {
    const isHeading = row > 0 && cells.slice(1).every((cell) => cell === '')
    if (isHeading) continue
    cells.forEach((cell, at) => {
      // A text that is much too long need not be measured.
      const width = cell.length > 200 ? MOST_NATURAL : Math.min(MOST_NATURAL, measure(cell, SIZE, row === 0) + GAP)
      natural[at] = Math.max(natural[at] ?? 0, width)
    })
  }
  const sum = natural.reduce((all, each) => all + each, 0)
  if (count === 2) {
    const first = Math.min(natural[0] ?? 0, inner / 3)
    return [first, inner - first]
  }
  return natural.map((each) => (each * inner) / Math.max(sum, 1))
}

/** The pages as they are filled. */
interface Pages {
  /** Places a row now, and again at the head of each page that follows. */
  repeat(row: BrokenRow): void
  stopRepeating(): void
  place(row: BrokenRow): void
  /** Writes the foot of each page. */
  end(wordFoot: (page: number, pages: number) => readonly string[]): readonly LaidPage[]
}

/** The form of each page of a file. */
interface PageForm {
  readonly width: number
  readonly height: number
  /** The lines at the head. */
  readonly title: readonly string[]
  /** How many lines are at the foot. */
  readonly footLines: number
}

function createPages({ width, height, title, footLines }: PageForm): Pages {
  const footTop = MARGIN + footLines * (LEADING - 1)
  const pages: { texts: PlacedText[]; lines: number[] }[] = []
  let repeated: BrokenRow | null = null
  let [y, top] = [0, 0]
  const put = (text: Omit<PlacedText, 'size'> & { readonly size?: number }): void => {
    pages.at(-1)?.texts.push({ size: SIZE, ...text })
  }
  const begin = (): void => {
    pages.push({ texts: [], lines: [footTop] })
    y = height - MARGIN
    for (const text of title) {
      y -= LEADING
      put({ text, x: MARGIN, y, size: TITLE_SIZE, isBold: true, cell: null })
    }
    y -= GAP
    if (repeated !== null) putRow(repeated, true)
    top = y
  }
  const putRow = (row: BrokenRow, isAgain: boolean): void => {
    const count = Math.max(1, ...row.cells.map(({ lines }) => lines.length))
    for (let line = 0; line < count; line++) {
      if (y - LEADING < footTop + GAP && !isAgain) begin()
      y -= LEADING
      for (const { x, column, lines } of row.cells) {
        const text = lines[line]
        const cell = isAgain ? null : { row: row.row, column }
        if (text !== undefined) put({ text, x, y, isBold: row.isBold, cell })
      }
    }
    y -= SPACE_AFTER_ROW
    if (!row.isHeading) pages.at(-1)?.lines.push(y + 1)
  }
  begin()
  return {
    repeat(row) {
      putRow(row, false)
      if (row.height < height * MOST_REPEATED) repeated = row
      top = y
    },
    stopRepeating() {
      repeated = null
      y -= LEADING
    },
    place(row) {
      // A heading stays with what it is the heading of.
      const wanted = row.isHeading ? row.height + 3 * LEADING : row.height
      if (y - wanted < footTop + GAP && y !== top) begin()
      if (row.isHeading) y -= SPACE_AFTER_ROW
      putRow(row, false)
    },
    end: (wordFoot) => {
      const place = { footTop, footLines }
      return pages.map(({ texts, lines }, at) => {
        return { width, height, lines, texts: [...texts, ...placeFoot(wordFoot(at + 1, pages.length), place)] }
      })
    },
  }
}

/** Places the foot of a page: how the records may be used, and on the last line which page it is. */
function placeFoot(
  words: readonly string[],
  { footTop, footLines }: { readonly footTop: number; readonly footLines: number },
): readonly PlacedText[] {
  return words.map((text, line) => {
    const at = { x: MARGIN, y: footTop - (line + 1) * (LEADING - 1) }
    return { text, ...at, size: FOOT_SIZE, isBold: line < footLines - 1, cell: null }
  })
}
