/** Reads for tests what the console wrote as a file. */
import { PDFDocument } from '@cantoo/pdf-lib'
import { unzipSync } from 'fflate'

/** Reads CSV as RFC 4180 says, plainly. */
export function parseCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g
  let row: string[] = []
  for (const [, quoted, plain, end] of text.matchAll(pattern)) {
    row.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'))
    if (end !== ',') {
      rows.push(row)
      row = []
    }
  }
  return rows
}

/** The parts of an XLSX file, as text. */
export function unzipParts(bytes: Uint8Array): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(unzipSync(new Uint8Array(bytes))).map(([name, part]) => [name, new TextDecoder().decode(part)]),
  )
}

/** Reads the cells of a sheet of an XLSX file with texts, numbers and days. A row has as many as its last one that is there. */
export function readXlsx(bytes: Uint8Array, sheet = 1): readonly (readonly string[])[] {
  const parts = unzipParts(bytes)
  const shared = [...(parts.get('xl/sharedStrings.xml') ?? '').matchAll(/<si>([\s\S]*?)<\/si>/g)].map(([, item = '']) =>
    textOf(item),
  )
  const rows: string[][] = []
  for (const [, number, inner = ''] of (parts.get(`xl/worksheets/sheet${sheet}.xml`) ?? '').matchAll(
    /<row\b[^>]*?\br="(\d+)"[^>]*?(?:\/>|>([\s\S]*?)<\/row>)/g,
  )) {
    const row: string[] = []
    for (const [, letter = 'A', own = '', content = ''] of inner.matchAll(
      /<c\b[^>]*?\br="([A-Z])\d+"([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g,
    )) {
      const value = /<v>([\s\S]*?)<\/v>/.exec(content)?.[1] ?? ''
      const column = letter.charCodeAt(0) - 65
      while (row.length < column) row.push('')
      row[column] = own.includes('t="s"') ? (shared[Number(value)] ?? '?') : value === '' ? textOf(content) : value
    }
    while (rows.length < Number(number) - 1) rows.push([])
    rows[Number(number) - 1] = row
  }
  return rows
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function textOf(xml: string): string {
  const texts = [...xml.matchAll(/<t\b[^>]*?(?:\/>|>([\s\S]*?)<\/t>)/g)].map(([, text = '']) => text)
  return texts
    .join('')
    .replace(/&(?:#x([\da-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex, decimal, name) =>
      name === undefined
        ? String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
        : (NAMED[name] ?? whole),
    )
}

/** Reads the table that is attached to a PDF file. */
export async function readAttached(bytes: Uint8Array): Promise<string> {
  const [table, ...others] = (await PDFDocument.load(bytes)).getAttachments()
  if (table === undefined || others.length > 0) throw new Error(`expected one attached table; came ${others.length}`)
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(table.data)
}
