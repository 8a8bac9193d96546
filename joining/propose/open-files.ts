/** Opens CSV files as one source, so that a proposal sees how they hang together. What nobody says of their form is guessed. */
import { open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describeFileError } from '../../service/describe-error.ts'
import { openCsv, readMark } from '../sources/csv.ts'
import { type Source, SourceError } from '../sources/source.ts'

/** A file, or those of a folder, and how each is written. */
export interface OpenedFiles {
  readonly source: Source
  readonly isFolder: boolean
  /** By the name of the file, which is the name of its table. */
  readonly forms: ReadonlyMap<string, GuessedCsvForm & { readonly path: string }>
}

/**
 * Opens a file, or all files of a folder that end with `.csv`, `.tsv` or `.txt`. Each is a table with the name of the file.
 * @param given what somebody said of all of them; the rest is guessed for each.
 * @throws {SourceError} if there is no such file, or one cannot be read.
 */
export async function openFiles(
  path: string,
  given: { readonly encoding: string | null; readonly delimiter: string | null },
): Promise<OpenedFiles> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const paths = isFolder
    ? (await readdir(path))
        .filter((name) => /\.(?:csv|tsv|txt)$/i.test(name))
        .sort()
        .map((name) => join(path, name))
    : [path]
  if (paths.length === 0)
    throw new SourceError(`${path}: expected a folder with files whose names end with .csv, .tsv or .txt; it has none`)
  const forms = new Map<string, GuessedCsvForm & { readonly path: string }>()
  const sources = new Map<string, Source>()
  for (const each of paths) {
    const form = await guessCsvForm(each, given)
    forms.set(basename(each), { path: each, ...form })
    sources.set(basename(each), await openCsv({ path: each, ...form, quote: '"' }))
  }
  return { source: joinSources(basename(path), sources), isFolder, forms }
}

function joinSources(label: string, sources: ReadonlyMap<string, Source>): Source {
  const of = (name: string): Source => {
    const found = sources.get(name)
    if (found === undefined) throw new SourceError(`expected one of ${[...sources.keys()].join(', ')}; came ${name}`)
    return found
  }
  return {
    label,
    async listTables() {
      const tables = await Promise.all([...sources.values()].map((source) => source.listTables()))
      return tables.flat()
    },
    listColumns: (from) => of(from).listColumns(from),
    read: (selection) => of(selection.from).read(selection),
    count: (selection) => of(selection.from).count(selection),
    async close() {
      for (const source of sources.values()) await source.close()
    },
  }
}

/** How a CSV file is written, as far as its first bytes show it. */
export interface GuessedCsvForm {
  /** Null for UTF-8, and for a file that says its encoding by a mark. */
  readonly encoding: string | null
  readonly delimiter: string
}

/** How much of a file is looked at, in bytes. */
const HEAD_BYTES = 1_048_576

const DELIMITERS = [',', ';', '\t', '|'] as const

/**
 * Guesses the encoding and the delimiter of a CSV file. What somebody said is not guessed.
 * @throws {SourceError} if there is no such file.
 */
export async function guessCsvForm(
  path: string,
  given: { readonly encoding: string | null; readonly delimiter: string | null },
): Promise<GuessedCsvForm> {
  const head = await readHead(path)
  const encoding = given.encoding ?? guessEncoding(head)
  const text = new TextDecoder(encoding ?? readMark(head) ?? 'utf-8').decode(head)
  const [first = ''] = text.split(/\r?\n/, 1)
  const counts = DELIMITERS.map((sign) => ({ sign, count: outsideQuotes(first).split(sign).length }))
  const [best] = counts.toSorted((a, b) => b.count - a.count)
  return { encoding, delimiter: given.delimiter ?? best?.sign ?? ',' }
}

async function readHead(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw new SourceError(`${path}: expected a file; ${describeFileError(cause)}`, { cause })
  }
}

/** UTF-8, if the bytes are that. Old files of Latin America that are not are nearly always windows-1252. */
function guessEncoding(head: Uint8Array): string | null {
  if (readMark(head) !== null) return null
  try {
    // The last character may be cut: `stream` waits for its rest.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return null
  } catch {
    return 'windows-1252'
  }
}

function outsideQuotes(line: string): string {
  return line.replace(/"[^"]*"/g, '')
}
