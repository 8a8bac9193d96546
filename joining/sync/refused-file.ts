import { type FileHandle, open } from 'node:fs/promises'
import { describeFileError } from '../../service/describe-error.ts'
import { guardCell } from '../decisions/read-table.ts'

/** A row that was refused, as the file of refused rows has it. */
export interface RefusedRow {
  /** The section of the mapping: `cases.participants`. */
  readonly section: string
  /** The line of the CSV file, or the number of the row in the order in which it was read. */
  readonly place: number
  readonly id: string | null
  readonly column: string | null
  /** A value of the source: perhaps personal data. */
  readonly value: string | null
  readonly reason: string
}

/** Where refused rows go. */
export interface RefusedSink {
  readonly write: (row: RefusedRow) => Promise<void>
  readonly close: () => Promise<void>
}

const HEAD = ['section', 'place', 'id', 'column', 'value', 'reason']

/** How much text is gathered before it is written, in characters. */
const BUFFER_LENGTH = 65_536

/** The file of refused rows cannot be written. */
export class RefusedFileError extends Error {
  override readonly name = 'RefusedFileError'
}

/**
 * Creates the file of refused rows: CSV in UTF-8, which only the user who runs this can read, because it has values of the old database. A file that is
 * there is replaced. Without a path, nothing is written.
 * @throws {RefusedFileError} here and from `write` and `close`, if the file cannot be written, such as on a full disk.
 */
export async function openRefusedFile(path: string | undefined): Promise<RefusedSink> {
  if (path === undefined) return { write: async () => undefined, close: async () => undefined }
  const guard = <Value>(work: Promise<Value>): Promise<Value> =>
    work.catch((cause: unknown) => {
      throw new RefusedFileError(`${path}: expected to write the refused rows here; ${describeFileError(cause)}`, {
        cause,
      })
    })
  const file: FileHandle = await guard(open(path, 'w', 0o600))
  await guard(file.chmod(0o600))
  let buffer = `${HEAD.join(',')}\r\n`
  const flush = async (): Promise<void> => {
    const text = buffer
    buffer = ''
    if (text !== '') await guard(file.writeFile(text))
  }
  return {
    async write({ section, place, id, column, value, reason }) {
      buffer += `${[section, String(place), id, column, value, reason].map(formatField).join(',')}\r\n`
      if (buffer.length > BUFFER_LENGTH) await flush()
    },
    async close() {
      try {
        await flush()
        await guard(file.sync())
      } finally {
        await file.close()
      }
    },
  }
}

/** Writes a field as RFC 4180 has it. A value that a spreadsheet would run as a formula gets a sign before it. */
function formatField(text: string | null): string {
  if (text === null) return ''
  const cell = guardCell(text)
  return /[",\r\n]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell
}
