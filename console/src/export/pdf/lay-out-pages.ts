import { shareWidth } from './share-width.ts'
import { type MeasureText, wrapText } from './wrap-text.ts'

/** A document that is to be laid out. All texts have only letters that the file can show. */
export interface PrintedFile {
  /** `es` or `en`: it decides the paper. */
  readonly language: string
  /** What stands at the head of each page. */
  readonly title: string
  readonly parts: readonly PrintedPart[]
  /** The size of a picture, which stands before the third part: after who asked, and who answered. Null for none. */
  readonly picture?: { readonly width: number; readonly height: number } | null
  /** What stands at the foot of each page: how the records may be used. */
  readonly foot: string
  /** Returns what stands at the foot too: which page of how many. */
  readonly wordPage: (page: number, pages: number) => string
}

/** A part of a document: a table with its title. Without titles of columns, its rows are of a label and a value. */
export interface PrintedPart {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** The place of a text in the document: which part, which row of it (0 for the titles of columns), and which cell. */
export interface CellPlace {
  readonly part: number
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
  /** Whether it names what stands beside or below it. */
  readonly isQuiet: boolean
  /** Null for what belongs to the page and not to a table. */
  readonly cell: CellPlace | null
}

/** A page. */
export interface LaidPage {
  readonly width: number
  readonly height: number
  readonly texts: readonly PlacedText[]
  /** The heights at which thin lines go across, in points from the bottom. */
  readonly lines: readonly number[]
  /** Where the picture stands, if this page has it. */
  readonly picture: PlacedPicture | null
}

/** The left lower corner of a picture and its size, in points. */
export interface PlacedPicture {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The sizes of paper in points, by language: the region prints on Carta (ANSI A, ASME Y14.1). */
const PAPERS: Readonly<Record<string, { readonly short: number; readonly long: number }>> = {
  es: { short: 612, long: 792 },
  en: { short: 595.28, long: 841.89 },
}

/** The room at each side of a page, in points. */
export const MARGIN = 40
const SIZE = 9
const TITLE_SIZE = 15
const AGAIN_SIZE = 8
const PART_SIZE = 11
const FOOT_SIZE = 7.5
const LEADING = 12
const GAP = 8
/** What a column has more than its text, so that no rounding breaks a word. */
const SLACK = 0.5
const SPACE_AFTER_ROW = 5
const SPACE_BEFORE_PART = 14
/** How many parts say who asked, and who answered. */
const PARTS_OF_FRAME = 2
/** The part of a page that a picture may take. */
const MOST_PICTURE = 0.42
/** A page with more columns lies on its side. */
const MOST_UPRIGHT = 7
/** The part of a page that the titles of the columns may take where they are repeated: more would leave no room for records. */
const MOST_REPEATED = 1 / 3

/** A row that is broken into lines. */
interface BrokenRow {
  readonly size: number
  readonly isBold: boolean
  /** Whether a thin line goes below it. */
  readonly isRuled: boolean
  /** By cell: its lines, where it begins, and its place; null for what is not a cell. */
  readonly cells: readonly {
    readonly x: number
    readonly lines: readonly string[]
    readonly isQuiet: boolean
    readonly cell: CellPlace | null
  }[]
  readonly height: number
}

/**
 * Lays a document out on pages of Carta or A4. No row is broken over two pages unless it is longer than a page; the titles of the columns are at the head of each
 * page that has rows of their table, unless they take more than a third of it.
 */
export function layOutPages(file: PrintedFile, measure: MeasureText): readonly LaidPage[] {
  const columns = Math.max(0, ...file.parts.map((part) => part.columns.length))
  const { short, long } = PAPERS[file.language] ?? { short: 612, long: 792 }
  const [width, height] = columns > MOST_UPRIGHT ? [long, short] : [short, long]
  const inner = width - 2 * MARGIN
  const foot = wrapText(file.foot, inner, (line) => measure(line, FOOT_SIZE, true))
  const breakText = (text: string, size: number): BrokenRow => {
    const lines = wrapText(text, inner, (line) => measure(line, size, true))
    const leading = Math.max(LEADING, size * 1.25)
    return {
      size,
      isBold: true,
      isRuled: false,
      height: lines.length * leading + SPACE_AFTER_ROW,
      cells: [{ x: MARGIN, lines, isQuiet: false, cell: null }],
    }
  }
  const title = [breakText(file.title, TITLE_SIZE), { ...breakText(file.title, AGAIN_SIZE), isBold: false }] as const
  const pages = createPages({ width, height, title, footLines: foot.length + 1 })
  for (const [at, part] of file.parts.entries()) {
    const breakRow = createRowBreaker(part, at, inner, measure)
    if (at === PARTS_OF_FRAME && file.picture != null) pages.show(file.picture)
    pages.begin(part.title === '' ? null : breakText(part.title, PART_SIZE))
    if (part.columns.length > 0) pages.repeat(breakRow(part.columns, 0))
    part.rows.forEach((cells, row) => {
      pages.place(breakRow(cells, row + 1))
    })
    pages.stopRepeating()
  }
  return pages.end((page, count) => [...foot, file.wordPage(page, count)])
}

/** Makes a function that breaks the rows of one table into lines. */
function createRowBreaker(
  { columns, rows }: PrintedPart,
  part: number,
  inner: number,
  measure: MeasureText,
): (cells: readonly string[], row: number) => BrokenRow {
  const widths = shareWidth([columns, ...rows], inner, (text, isTitle) => measure(text, SIZE, isTitle) + GAP + SLACK)
  return (cells, row) => {
    const isTitle = row === 0
    // What has no value is a sentence, and not a label.
    const isSentence = columns.length === 0 && cells.slice(1).every((cell) => cell === '')
    let x = MARGIN
    const broken = cells.map((text, column) => {
      const own = isSentence && column === 0 ? inner : (widths[column] ?? 0)
      const lines = text === '' ? [] : wrapText(text, own - GAP, (line) => measure(line, SIZE, isTitle))
      const isQuiet = isTitle || (columns.length === 0 && column === 0 && !isSentence)
      const placed = { x, lines, isQuiet, cell: { part, row, column } }
      x += widths[column] ?? 0
      return placed
    })
    const count = Math.max(1, ...broken.map(({ lines }) => lines.length))
    const height = count * LEADING + SPACE_AFTER_ROW
    return { size: SIZE, isBold: isTitle, isRuled: columns.length > 0, cells: broken, height }
  }
}

/** The pages as they are filled. */
interface Pages {
  /** Begins a part with a space and its title, and room for what follows; null for a part without a title. */
  begin(title: BrokenRow | null): void
  /** Places a row now, and again at the head of each page that follows. */
  repeat(row: BrokenRow): void
  stopRepeating(): void
  /** Places a picture, as large as the page lets it be. */
  show(picture: { readonly width: number; readonly height: number }): void
  place(row: BrokenRow): void
  /** Writes the foot of each page. */
  end(wordFoot: (page: number, pages: number) => readonly string[]): readonly LaidPage[]
}

/** The form of each page of a document. */
interface PageForm {
  readonly width: number
  readonly height: number
  /** What stands at the head of the first page, and of each other. */
  readonly title: readonly [first: BrokenRow, again: BrokenRow]
  /** How many lines are at the foot. */
  readonly footLines: number
}

function createPages({ width, height, title, footLines }: PageForm): Pages {
  const footTop = MARGIN + footLines * (LEADING - 2)
  const pages: { texts: PlacedText[]; lines: number[]; picture: PlacedPicture | null }[] = []
  let repeated: BrokenRow | null = null
  let [y, top] = [0, 0]
  const open = (): void => {
    pages.push({ texts: [], lines: [footTop], picture: null })
    y = height - MARGIN
    putRow(title[pages.length === 1 ? 0 : 1], true)
    y -= SPACE_AFTER_ROW
    if (repeated !== null) putRow(repeated, true)
    top = y
  }
  const putRow = (row: BrokenRow, isAgain: boolean): void => {
    const count = Math.max(1, ...row.cells.map(({ lines }) => lines.length))
    const leading = Math.max(LEADING, row.size * 1.25)
    for (let line = 0; line < count; line++) {
      if (y - leading < footTop + GAP && !isAgain) open()
      y -= leading
      pages.at(-1)?.texts.push(...placeLine(row, line, y, isAgain))
    }
    y -= SPACE_AFTER_ROW
    if (row.isRuled) pages.at(-1)?.lines.push(y + 1)
  }
  const makeRoom = (wanted: number): void => {
    if (y - wanted < footTop + GAP && y !== top) open()
  }
  open()
  return {
    begin(row) {
      makeRoom(SPACE_BEFORE_PART + (row?.height ?? 0) + 4 * LEADING)
      if (y !== top) y -= SPACE_BEFORE_PART
      if (row !== null) putRow(row, false)
    },
    repeat(row) {
      putRow(row, false)
      if (row.height < height * MOST_REPEATED) repeated = row
    },
    stopRepeating() {
      repeated = null
    },
    show(picture) {
      const size = fit(picture, width - 2 * MARGIN, height * MOST_PICTURE)
      makeRoom(SPACE_BEFORE_PART + size.height)
      y -= SPACE_BEFORE_PART + size.height
      const page = pages.at(-1)
      if (page !== undefined) page.picture = { x: MARGIN, y, ...size }
    },
    place(row) {
      makeRoom(row.height)
      putRow(row, false)
    },
    end: (wordFoot) =>
      pages.map(({ texts, lines, picture }, at) => {
        const foot = placeFoot(wordFoot(at + 1, pages.length), { footTop, footLines })
        return { width, height, lines, picture, texts: [...texts, ...foot] }
      }),
  }
}

/** Places one line of each cell of a row. What stands at the head of a page again is not a cell. */
function placeLine(
  { cells, size, isBold }: BrokenRow,
  line: number,
  y: number,
  isAgain: boolean,
): readonly PlacedText[] {
  return cells.flatMap(({ lines, x, isQuiet, cell }) => {
    const text = lines[line]
    return text === undefined ? [] : [{ text, x, y, size, isBold, isQuiet, cell: isAgain ? null : cell }]
  })
}

/** The size of a picture in a box, with its own proportions. */
function fit(picture: { readonly width: number; readonly height: number }, width: number, height: number) {
  const scale = Math.min(width / picture.width, height / picture.height)
  return { width: picture.width * scale, height: picture.height * scale }
}

/** Places the foot of a page: how the records may be used, and on the last line which page it is. */
function placeFoot(
  words: readonly string[],
  { footTop, footLines }: { readonly footTop: number; readonly footLines: number },
): readonly PlacedText[] {
  return words.map((text, line) => {
    const at = { x: MARGIN, y: footTop - (line + 1) * (LEADING - 2) }
    const isLast = line === footLines - 1
    return { text, ...at, size: FOOT_SIZE, isBold: !isLast, isQuiet: isLast, cell: null }
  })
}
