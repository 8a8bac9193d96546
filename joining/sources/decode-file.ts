import { TextDecoder } from 'node:util'
import { SourceError } from './source.ts'

/** How the bytes of a CSV file become rows. */
export interface CsvForm {
  /** The path of the file. */
  readonly path: string
  /** A label of the WHATWG Encoding Standard. Null: the mark at the beginning of the file decides, else UTF-8. */
  readonly encoding: string | null
  /** One character. */
  readonly delimiter: string
  /** One character, or null for a file without quotes. */
  readonly quote: string | null
}

/** The marks at the beginning of a file that say its encoding. */
const MARKS: readonly (readonly [encoding: string, bytes: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
]

/** Finds the encoding that the mark at the beginning of a file names; null without a mark. */
export function readMark(bytes: Uint8Array): string | null {
  return MARKS.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte))?.[0] ?? null
}

/**
 * Decodes the bytes of a file piece by piece. The mark of a Unicode encoding at the beginning is left out, and decides if `encoding` is null.
 * @throws {SourceError} from the iteration, if the mark names another encoding, or for bytes that the encoding does not have. The message has
 * the line, and says what to do.
 */
export async function* decodeFile(
  bytes: AsyncIterable<Uint8Array>,
  { path, encoding }: Pick<CsvForm, 'path' | 'encoding'>,
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  let line = 1
  let name = encoding ?? 'utf-8'
  for await (const piece of bytes) {
    if (decoder === undefined) {
      name = chooseEncoding(path, encoding, readMark(piece))
      decoder = createDecoder(path, name)
    }
    const text = decode(
      () => (decoder as TextDecoder).decode(piece, { stream: true }),
      path,
      name,
      () => line + countLines(firstPart(new TextDecoder(name).decode(piece))),
    )
    line += countLines(text)
    yield text
  }
  const last = decoder
  if (last !== undefined)
    yield decode(
      () => last.decode(),
      path,
      name,
      () => line,
    )
}

function chooseEncoding(path: string, encoding: string | null, mark: string | null): string {
  if (encoding === null) return mark ?? 'utf-8'
  if (mark === null || createDecoder(path, encoding).encoding === mark) return encoding
  throw new SourceError(
    `${path}: expected ${encoding}, as the mapping says; the file begins with the mark of ${mark}. Write encoding: ${mark}`,
  )
}

function createDecoder(path: string, encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true })
  } catch (cause) {
    throw new SourceError(
      `${path}: expected an encoding such as utf-8, windows-1252, iso-8859-1, utf-16le or ibm866; came ${encoding}`,
      { cause },
    )
  }
}

function decode(work: () => string, path: string, encoding: string, findLine: () => number): string {
  try {
    return work()
  } catch (cause) {
    const hint =
      encoding.toLowerCase() === 'utf-8' || encoding.toLowerCase() === 'utf8'
        ? 'A file that comes from Excel or an old Windows program is often «encoding: windows-1252»'
        : 'Is it another encoding, or is the file cut off?'
    throw new SourceError(
      `${path}: expected ${encoding}; line ${findLine()} has bytes that it does not have. ${hint}`,
      {
        cause,
      },
    )
  }
}

/** What stands before the first byte that could not be decoded. */
function firstPart(text: string): string {
  const at = text.indexOf('\ufffd')
  return at === -1 ? '' : text.slice(0, at)
}

function countLines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1
  return count
}
