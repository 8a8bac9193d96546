import { writeCsvLine } from '../../../contract/exported-file.ts'
import type { ExportedFile } from './read-csv.ts'
import { readZip } from './read-zip.ts'

/**
 * Reads a file of XLSX (ECMA-376) as the console writes it: one sheet, with texts and numbers. Records and facts are apart by an empty row.
 * @throws {TypeError} if the console did not write it.
 */
export function readXlsxFile(bytes: Uint8Array): Omit<ExportedFile, 'format'> {
  const files = readZip(bytes)
  const sheets = [...files.keys()].filter((name) => /^xl\/worksheets\/[^/]+\.xml$/.test(name))
  const [sheet = ''] = sheets
  if (sheets.length !== 1) throw new TypeError(`expected one sheet; came ${sheets.length}`)
  const read = (name: string): string => new TextDecoder('utf-8', { fatal: true }).decode(files.get(name)?.())
  const shared = files.has('xl/sharedStrings.xml') ? readShared(read('xl/sharedStrings.xml')) : []
  const rows = readRows(read(sheet), shared)
  const end = rows.findLastIndex((row) => row.every((cell) => cell === ''))
  if (end < 1) throw new TypeError('expected an empty row behind the records; came none')
  const width = rows[0]?.length ?? 0
  const cells = rows.slice(0, end).map((row) => Array.from({ length: width }, (_, at) => row[at] ?? ''))
  const wide = rows.slice(0, end).findIndex((row) => row.length > width)
  if (wide >= 0) throw new TypeError(`row ${wide + 1}: expected ${width} cells; came ${rows[wide]?.length}`)
  const facts = rows.slice(end + 1).map(([label = '', value = '']) => [label, value])
  return { records: cells.map(writeCsvLine).join(''), cells, facts }
}

function readShared(xml: string): readonly string[] {
  return [...xml.matchAll(/<si>([\s\S]*?)<\/si>/g)].map(([, item = '']) => readTexts(item))
}

/** Joins the texts of an item: a text may be divided into runs. */
function readTexts(xml: string): string {
  return [...xml.matchAll(/<t\b[^>]*?(?:\/>|>([\s\S]*?)<\/t>)/g)].map(([, text = '']) => unescapeXml(text)).join('')
}

/** Reads the rows of a sheet. A row or a cell that the sheet leaves out is empty. */
function readRows(xml: string, shared: readonly string[]): readonly (readonly string[])[] {
  const rows: string[][] = []
  for (const [, attributes = '', inner = ''] of xml.matchAll(/<row\b([^>]*?)(?:\/>|>([\s\S]*?)<\/row>)/g)) {
    const number = Number(/\br="(\d{1,7})"/.exec(attributes)?.[1] ?? rows.length + 1)
    while (rows.length < number - 1) rows.push([])
    const cells: string[] = []
    for (const [, own = '', content = ''] of inner.matchAll(/<c\b([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g)) {
      const place = /\br="([A-Z]{1,3})\d+"/.exec(own)?.[1]
      const column = place === undefined ? cells.length : toColumn(place)
      while (cells.length < column) cells.push('')
      cells[column] = readCell(/\bt="(\w+)"/.exec(own)?.[1] ?? 'n', content, shared)
    }
    rows[number - 1] = cells
  }
  return rows
}

function toColumn(letters: string): number {
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
}

function readCell(type: string, content: string, shared: readonly string[]): string {
  if (/<f\b/.test(content)) throw new TypeError('expected texts and numbers; came a formula')
  if (type === 'inlineStr') return readTexts(content)
  const value = unescapeXml(/<v>([\s\S]*?)<\/v>/.exec(content)?.[1] ?? '')
  if (type !== 's') return value
  const text = shared[Number(value)]
  if (text === undefined) throw new TypeError(`expected a text with the number ${value}; came none`)
  return text
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([\da-fA-F]{1,6})|#(\d{1,7})|(\w+));/g, (whole, hex, decimal, name) => {
    if (name !== undefined) return NAMED[name] ?? whole
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
  })
}
