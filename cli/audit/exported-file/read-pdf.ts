import { inflateSync } from 'node:zlib'
import { writePdfText } from '../../../contract/exported-file.ts'
import { type ExportedFile, readCsvFile } from './read-csv.ts'
import { readPdfPage, type ShownCell } from './read-pdf-page.ts'

/** The most bytes that one stream of a file may have. */
const MOST_BYTES = 256 * 1024 * 1024

/** An object of a PDF file (ISO 32000-1, 7.3.10). */
interface PdfObject {
  readonly dictionary: string
  readonly stream: Uint8Array | null
}

/**
 * Reads a PDF file as the console writes it: the attached table, and whether the pages show it.
 * @returns also `differs`: the first cell that the pages show otherwise than the attached table has it; null if there is none.
 * @throws {TypeError} if the console did not write it.
 */
export function readPdfFile(bytes: Uint8Array): Omit<ExportedFile, 'format'> & { readonly differs: string | null } {
  const objects = readObjects(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  const attached = [...objects.values()].filter(({ dictionary }) => /\/Type\s*\/EmbeddedFile\b/.test(dictionary))
  const [table] = attached
  if (table?.stream == null || attached.length > 1) {
    throw new TypeError(`expected a PDF file with one attached table; came ${attached.length}`)
  }
  const file = readCsvFile(readStream(table))
  return { ...file, differs: compare(file, listShown(objects)) }
}

/** What the console never writes: whatever runs, covers the pages, or gives letters another shape. */
const FOREIGN =
  /\/(?:JavaScript|JS|Annots|AcroForm|XObject|XFA|ObjStm|XRef|OCProperties|CropBox|Rotate|UserUnit|OpenAction|AA|Launch|URI|Encrypt|Prev|FontFile\d?|Differences|Type0|Type3|Pattern|Shading)\b/

/** What a page may say that it has none of. */
const EMPTY = /\/(?:XObject|Annots|ExtGState)\s*(?:<<\s*>>|\[\s*\])/g

function isForeign(text: string): boolean {
  return FOREIGN.test(text)
}

/**
 * Reads all objects, one behind the other, as the file's table of objects has them. What is added to a file later, as by editors, is refused: it could
 * replace what was there.
 */
function readObjects(file: Buffer): ReadonlyMap<number, PdfObject> {
  const text = file.toString('latin1')
  const objects = new Map<number, PdfObject>()
  const places = new Map<number, number>()
  const head = /(\d+) 0 obj\b/g
  let behind = 0
  for (let found = head.exec(text); found !== null; found = head.exec(text)) {
    const ends = /\bendobj\b|\bstream\r?\n/g
    ends.lastIndex = head.lastIndex
    const end = ends.exec(text)
    if (end === null) throw notOurs('an object without its end')
    const dictionary = text.slice(head.lastIndex, end.index)
    const number = Number(found[1])
    if (objects.has(number)) throw notOurs(`the object ${number} twice`)
    const hasStream = end[0] !== 'endobj'
    const length = hasStream ? Number(/\/Length (\d+)\b(?! \d+ R)/.exec(dictionary)?.[1] ?? Number.NaN) : 0
    if (!(length <= file.length - ends.lastIndex)) throw notOurs('a stream without its length')
    behind = ends.lastIndex + length
    objects.set(number, { dictionary, stream: hasStream ? file.subarray(ends.lastIndex, behind) : null })
    places.set(number, found.index)
    head.lastIndex = behind
  }
  const tail = text.slice(behind)
  if ([tail, ...[...objects.values()].map(({ dictionary }) => dictionary.replace(EMPTY, ''))].some(isForeign)) {
    throw notOurs('pictures, notes, forms, programs, letters of its own or a password')
  }
  checkTable(tail, places, behind)
  return objects
}

/** Checks the table by which readers find the objects (ISO 32000-1, 7.5.4): each must be where it was read, and there must be no second table. */
function checkTable(tail: string, places: ReadonlyMap<number, number>, behind: number): void {
  const table = /\bxref\r?\n([\d\sfn]*)trailer\b[\s\S]*?\bstartxref\s+(\d+)\s+%%EOF\s*$/.exec(tail)
  if (table === null || Number(table[2]) !== behind + table.index) throw notOurs('another table of objects')
  let number = 0
  let listed = 0
  for (const line of (table[1] ?? '').split(/\r?\n/)) {
    const [, first] = /^(\d+) \d+\s*$/.exec(line) ?? []
    const [, place, kind] = /^(\d{10}) \d{5} ([nf])\s*$/.exec(line) ?? []
    if (place === undefined) {
      if (first !== undefined) number = Number(first)
      continue
    }
    if (kind === 'n' && places.get(number) !== Number(place)) throw notOurs(`another place of the object ${number}`)
    if (kind === 'n') listed++
    number++
  }
  if (listed !== places.size) throw notOurs('objects that its table does not list')
}

function readStream({ dictionary, stream }: PdfObject): Uint8Array {
  if (stream === null) throw notOurs('an object without its stream')
  if (!/\/Filter\b/.test(dictionary)) return stream
  if (!/\/Filter\s*(?:\[\s*)?\/FlateDecode\b/.test(dictionary))
    throw notOurs('a stream that is not compressed by Flate')
  return inflateSync(stream, { maxOutputLength: MOST_BYTES })
}

/** The two ways in which a page of A4 lies. */
const A4 = /\/MediaBox\s*\[\s*0 0 (?:595\.28 841\.89|841\.89 595\.28)\s*\]/

/** Lists what the pages show of cells, in the order of the pages. */
function listShown(objects: ReadonlyMap<number, PdfObject>): readonly ShownCell[] {
  const kids = [...objects.values()].find(({ dictionary }) => /\/Type\s*\/Pages\b/.test(dictionary))?.dictionary
  const pages = listReferences(/\/Kids\s*\[([^\]]*)\]/.exec(kids ?? '')?.[1])
  if (pages.length === 0) throw notOurs('no pages')
  return pages.flatMap((number) => {
    const page = objects.get(number)?.dictionary ?? ''
    if (!A4.test(page)) throw notOurs('a page of another size')
    const contents = listReferences(/\/Contents\s*(\[[^\]]*\]|\d+ \d+ R)/.exec(page)?.[1])
    return contents.flatMap((content) => {
      const object = objects.get(content)
      if (object === undefined) throw notOurs('a page without its content')
      return readPdfPage(Buffer.from(readStream(object)).toString('latin1'))
    })
  })
}

function listReferences(text = ''): readonly number[] {
  return [...text.matchAll(/(\d+) \d+ R/g)].map(([, number]) => Number(number))
}

/** Compares the cells of the table with what the pages show, without blanks: lines are broken at them. */
function compare({ cells, facts }: Omit<ExportedFile, 'format'>, shown: readonly ShownCell[]): string | null {
  const texts = new Map<string, string>()
  const edges = new Map<string, number>()
  for (const { row, column, text, x } of shown) {
    // Records and facts are two tables. In each, the cells of a column begin at one edge.
    const edge = `${row < cells.length} ${column}`
    if ((edges.get(edge) ?? x) !== x) return `row ${row + 1}, cell ${column + 1}: it stands beside its column`
    edges.set(edge, x)
    const place = `${row} ${column}`
    texts.set(place, (texts.get(place) ?? '') + text)
  }
  for (const [row, each] of [...cells, ...facts].entries()) {
    for (const [column, cell] of each.entries()) {
      const place = `${row} ${column}`
      const text = squeeze(texts.get(place) ?? '')
      texts.delete(place)
      const expected = squeeze(writePdfText(cell))
      if (text !== expected)
        return `row ${row + 1}, cell ${column + 1}: expected «${expected}»; the page shows «${text}»`
    }
  }
  const [more] = texts
  return more === undefined ? null : `expected nothing more on the pages; they show «${squeeze(more[1])}»`
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, '')
}

function notOurs(came: string): TypeError {
  return new TypeError(
    `expected a PDF file as the console writes it; came one with ${came}. Another program may have saved it again: use the file that the console wrote`,
  )
}
