import { open } from 'node:fs/promises'
import { describeFileError } from '../../service/describe-error.ts'
import { SourceError } from '../sources/source.ts'

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
  const text = new TextDecoder(encoding ?? markedEncoding(head) ?? 'utf-8').decode(head)
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
  if (markedEncoding(head) !== null) return null
  try {
    // The last character may be cut: `stream` waits for its rest.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return null
  } catch {
    return 'windows-1252'
  }
}

/** The encoding that a byte order mark names. */
function markedEncoding([first, second]: Uint8Array): string | null {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  return first === 0xfe && second === 0xff ? 'utf-16be' : null
}

function outsideQuotes(line: string): string {
  return line.replace(/"[^"]*"/g, '')
}
