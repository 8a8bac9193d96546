import type { ReadText } from './pg-values.ts'

/**
 * Reads rows straight from what the server sends (PostgreSQL's manual, «Message Formats», DataRow). `pg` would make a text for each value, a list of them for
 * each row, and a message; here a value becomes a part of its row at once, and one that is written as in the row before is not read again.
 */

/** A column of the rows of a statement. */
export interface Column {
  readonly name: string
  readonly read: ReadText
}

/** Gets the rows of an answer. */
export interface RowTaker {
  /** Gets a row: where it begins in a chunk, with the number of its values. */
  takeRow(chunk: Buffer, from: number): void
}

/** Data of a connection on their way to `pg`. */
export interface RowTap {
  /** Who gets the rows that come now; null if `pg` gets them. */
  taker: RowTaker | null
}

/** What a connection's stream offers. */
interface DataStream {
  listeners(event: 'data'): readonly unknown[]
  removeListener(event: 'data', listener: never): unknown
  on(event: 'data', listener: (chunk: Buffer) => void): unknown
}

const taps = new WeakMap<DataStream, RowTap>()

/** The type of a message is one byte, and its length four, which count themselves. */
const HEAD_BYTES = 5
const DATA_ROW = 'D'.charCodeAt(0)

/**
 * Puts itself between the stream of a connection and `pg`, once. All messages go on to `pg`, in whole, except rows that somebody takes.
 * @throws {Error} if not exactly one listener reads the stream.
 */
export function tapRows(stream: DataStream): RowTap {
  const known = taps.get(stream)
  if (known !== undefined) return known
  const listeners = stream.listeners('data') as readonly ((chunk: Buffer) => void)[]
  const [forward] = listeners
  if (forward === undefined || listeners.length > 1)
    throw new Error(`expected one reader of the data of a connection; came ${listeners.length}`)
  const tap: RowTap = { taker: null }
  stream.removeListener('data', forward as never)
  stream.on('data', splitMessages(tap, forward))
  taps.set(stream, tap)
  return tap
}

function splitMessages(tap: RowTap, forward: (chunk: Buffer) => void): (chunk: Buffer) => void {
  // The begin of a message that has not come in whole, and how much of it must be there to go on.
  let begun: Buffer[] = []
  let begunBytes = 0
  let wantedBytes = 0
  // How much has yet to come of a message whose begin went to `pg`.
  let missing = 0
  const split = (chunk: Buffer): void => {
    let at = Math.min(missing, chunk.length)
    missing -= at
    let sent = 0
    wantedBytes = HEAD_BYTES
    while (at + HEAD_BYTES <= chunk.length) {
      const end = at + 1 + chunk.readUInt32BE(at + 1)
      if (chunk[at] !== DATA_ROW || tap.taker === null) {
        missing = Math.max(0, end - chunk.length)
        at = end - missing
        continue
      }
      // What stands before the row may say whose row it is.
      if (at > sent) forward(chunk.subarray(sent, at))
      sent = at
      if (tap.taker === null) continue
      if (end > chunk.length) {
        wantedBytes = end - at
        break
      }
      tap.taker.takeRow(chunk, at + HEAD_BYTES)
      at = end
      sent = end
    }
    if (at > sent) forward(chunk.subarray(sent, at))
    if (at === chunk.length) return
    begun = [chunk.subarray(at)]
    begunBytes = chunk.length - at
  }
  return (came) => {
    let chunk = came
    while (begunBytes > 0) {
      const part = chunk.subarray(0, wantedBytes - begunBytes)
      begun.push(part)
      begunBytes += part.length
      if (begunBytes < wantedBytes) return
      chunk = chunk.subarray(part.length)
      // Only the one message is copied.
      const whole = Buffer.concat(begun, begunBytes)
      begunBytes = 0
      begun = []
      split(whole)
    }
    if (chunk.length > 0) split(chunk)
  }
}

type Row = Record<string, unknown>

/** What the rows of a statement have. */
export interface RowForm {
  readonly columns: readonly Column[]
  /** A row of nothing but nulls. To copy it gives all rows the same form. */
  readonly empty: Readonly<Row>
}

/** Prepares what the rows of a statement have. */
export function rowForm(columns: readonly Column[]): RowForm {
  return { columns, empty: Object.fromEntries(columns.map(({ name }) => [name, null])) }
}

/**
 * Makes the function that reads the rows of one answer. It is for one answer only, because it remembers the row before: values that are written alike
 * are read once.
 */
export function rowReader({ columns, empty }: RowForm): (chunk: Buffer, from: number) => Row {
  const cells = columns.map((column): Cell => ({ ...column, text: null, value: null }))
  return (chunk, from) => {
    const row: Row = { ...empty }
    let at = from + COUNT_BYTES
    for (const cell of cells) {
      const length = chunk.readInt32BE(at)
      at += LENGTH_BYTES
      // Null has no bytes.
      if (length < 0) continue
      if (cell.text === null || length !== cell.text.length || !isWritten(cell.text, chunk, at)) {
        // The value has a text of its own. Cut out of the text of its row, a value that somebody keeps would keep the whole row.
        const isPlain = isAscii(chunk, at, at + length)
        const text = chunk.toString(isPlain ? 'latin1' : 'utf8', at, at + length)
        cell.text = isPlain ? text : null
        cell.value = shareable(cell.read(text))
      }
      row[cell.name] = cell.value
      at += length
    }
    return row
  }
}

const COUNT_BYTES = 2
const LENGTH_BYTES = 4

interface Cell extends Column {
  /** How the value of the row before was written; null if there was none, or not in ASCII. */
  text: string | null
  value: unknown
}

/** Several rows have the same value, so nobody may change it. */
function shareable(value: unknown): unknown {
  return typeof value === 'object' ? Object.freeze(value) : value
}

function isWritten(text: string, chunk: Buffer, at: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== chunk[at + i]) return false
  return true
}

function isAscii(chunk: Buffer, from: number, end: number): boolean {
  let bits = 0
  for (let at = from; at < end; at++) bits |= chunk[at] as number
  return bits < 128
}
