/** Reads from a Markdown page what a translation must have too: headings, code blocks, tables, lists and links, section by section. */

/** A fenced block. */
export interface CodeBlock {
  /** What stands after the opening fence: `sh`, `yaml policy-test`; the empty string if nothing does. */
  readonly info: string
  /** The lines between the fences, without the indent of the opening fence. */
  readonly lines: readonly string[]
}

/** A heading with everything up to the next heading of any level. */
export interface Section {
  /** 1 to 6; 0 for what stands before the first heading. */
  readonly level: number
  /** The heading without its marks; the empty string before the first heading. */
  readonly heading: string
  /** The text of the section, its heading included. The sections of a page, put together, are the page. */
  readonly text: string
  readonly codeBlocks: readonly CodeBlock[]
  /** The number of cells in each row, for each table. The rows include the heads and the line below them. */
  readonly tables: readonly (readonly number[])[]
  /** How many items the section’s lists have together. */
  readonly listItems: number
  /** What stands between backticks, in its order, with each run of white space as one space. */
  readonly codeSpans: readonly string[]
  /** The targets of links, as they are written. */
  readonly links: readonly string[]
}

const FENCE = /^( *)(`{3,}|~{3,})(.*)$/
const CLOSING_FENCE = /^ *(?:`+|~+) *$/
const CODE_SPAN = /(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)/gs
const HEADING = /^(#{1,6}) +(.+?) *#* *$/
const LIST_ITEM = /^ *(?:[-*+]|\d{1,2}[.)]) +\S/
const TABLE_ROW = /^ *\|/
const LINK = /\]\(([^)\s]+)\)|<(https?:\/\/[^>\s]+)>/g

/** Reads the sections of a page, in their order. A line of a fenced block is never a heading, a table or a link. */
export function readSections(page: string): readonly Section[] {
  const parts: Part[] = [{ level: 0, heading: '', lines: [] }]
  for (const line of readLines(page)) {
    const [, marks = '', heading = ''] = (line.block === null ? HEADING.exec(line.text) : null) ?? []
    if (marks !== '') parts.push({ level: marks.length, heading: heading.replace(/[`*]/g, ''), lines: [] })
    parts.at(-1)?.lines.push(line)
  }
  return parts.filter(({ lines }) => lines.length > 0).map(describe)
}

/** The anchor that GitHub gives a heading, without the number that it adds to a repeated one. */
export function anchorOf(heading: string): string {
  const letters = heading.toLowerCase().replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
  return letters.replaceAll(' ', '-')
}

interface Line {
  /** The line without its end. */
  readonly text: string
  /** The line with its end. */
  readonly raw: string
  /** The fenced block that the line is in; null outside. Fences belong to their block. */
  readonly block: { readonly info: string; readonly indent: number } | null
  readonly isFence: boolean
}

interface Part {
  readonly level: number
  readonly heading: string
  readonly lines: Line[]
}

function readLines(page: string): readonly Line[] {
  let open: { readonly marks: string; readonly block: Line['block'] } | null = null
  return page.split(/(?<=\n)/).map((raw) => {
    const text = raw.replace(/\r?\n$/, '')
    if (open !== null) {
      const { block, marks } = open
      const isFence = text.trim().startsWith(marks) && CLOSING_FENCE.test(text)
      if (isFence) open = null
      return { text, raw, block, isFence }
    }
    const [, indent = '', marks = '', info = ''] = FENCE.exec(text) ?? []
    if (marks === '') return { text, raw, block: null, isFence: false }
    open = { marks, block: { info: info.trim(), indent: indent.length } }
    return { text, raw, block: open.block, isFence: true }
  })
}

function describe({ level, heading, lines }: Part): Section {
  const prose = lines.filter(({ block }) => block === null)
  // The text of a link may be code, so only what stands between the marks goes.
  const withoutCode = prose
    .map(({ raw }) => raw)
    .join('')
    .replace(CODE_SPAN, '``')
  return {
    level,
    heading,
    text: lines.map(({ raw }) => raw).join(''),
    codeBlocks: readCodeBlocks(lines),
    codeSpans: [
      ...prose
        .map(({ raw }) => raw)
        .join('')
        .matchAll(CODE_SPAN),
    ].map(([, , code = '']) => code.replace(/\s+/g, ' ').trim()),
    tables: readTables(lines),
    listItems: prose.filter(({ text }) => LIST_ITEM.test(text)).length,
    links: [...withoutCode.matchAll(LINK)].map(([, target, address]) => target ?? address ?? ''),
  }
}

function readCodeBlocks(lines: readonly Line[]): readonly CodeBlock[] {
  const byBlock = Map.groupBy(
    lines.filter(({ block }) => block !== null),
    ({ block }) => block,
  )
  return [...byBlock].map(([block, inside]) => ({
    info: block?.info ?? '',
    lines: inside.filter(({ isFence }) => !isFence).map(({ text }) => withoutIndent(text, block?.indent ?? 0)),
  }))
}

/** Takes away as many spaces as the opening fence is indented, or as many as there are. */
function withoutIndent(line: string, indent: number): string {
  return line.slice(Math.min(indent, line.search(/[^ ]|$/)))
}

function readTables(lines: readonly Line[]): readonly (readonly number[])[] {
  const tables: number[][] = []
  let isInTable = false
  for (const { text, block } of lines) {
    const isRow = block === null && TABLE_ROW.test(text)
    if (isRow && !isInTable) tables.push([])
    if (isRow) tables.at(-1)?.push(countCells(text))
    isInTable = isRow
  }
  return tables
}

/** Counts the cells of a row. A bar after a backslash does not end a cell (GitHub Flavored Markdown, Tables). */
function countCells(row: string): number {
  const inside = row.trim().replace(/^\||(?<!\\)\|$/g, '')
  return inside.split(/(?<!\\)\|/).length
}
