/**
 * Writes messages to a PostgreSQL server one after another into one piece of data (PostgreSQL's manual, «Message Formats»). `pg` makes a buffer for each
 * message, and a connection that gets six of them at once takes longer than one that gets their bytes in one.
 */

/** Messages that are written together. */
export interface MessageWriter {
  /** Prepares a statement under a name. */
  parse(name: string, text: string): void
  /**
   * Binds values to a prepared statement, in the unnamed portal. Values and results are texts.
   * @throws {RangeError} for more values than a message can have. What was written before stays.
   */
  bind(statement: string, values: readonly (string | null)[]): void
  /** Asks what the rows of the unnamed portal have. */
  describe(): void
  /** Runs the unnamed portal. */
  execute(): void
  /** Lets go of a prepared statement. */
  close(statement: string): void
  sync(): void
  /** Returns the bytes of all messages since the last call. */
  take(): Buffer
}

/** A UTF-16 code unit needs at most three bytes. */
const MOST_BYTES_OF_UNIT = 3

/** Up to how many bytes the room may grow and stay: a few large messages must not hold memory for ever. */
const KEPT_ROOM_BYTES = 65_536

/** The most values of a message: their number has two bytes. */
const MOST_VALUES = 65_535

/** The types of messages. */
const CODES = { parse: 0x50, bind: 0x42, describe: 0x44, execute: 0x45, close: 0x43, sync: 0x53 } as const

/** Makes a writer. Its room is used again by all messages, and each `take` copies what was written. */
export function createMessageWriter(): MessageWriter {
  const room = new MessageRoom()
  return {
    parse(name, text) {
      room.write(CODES.parse, mostBytesOf(name) + mostBytesOf(text) + 2, () => {
        room.name(name)
        room.name(text)
        // The server finds out the types of the parameters.
        room.uint16(0)
      })
    },
    bind(statement, values) {
      if (values.length > MOST_VALUES)
        throw new RangeError(`expected at most ${MOST_VALUES} values of a statement; came ${values.length}`)
      let most = 9 + mostBytesOf(statement)
      for (const value of values) most += 4 + (value === null ? 0 : mostBytesOf(value))
      room.write(CODES.bind, most, () => {
        room.name('')
        room.name(statement)
        // No codes of formats: all parameters are texts.
        room.uint16(0)
        room.uint16(values.length)
        for (const value of values) room.value(value)
        // And all results.
        room.uint16(0)
      })
    },
    describe() {
      room.write(CODES.describe, 2, () => room.name('P'))
    },
    execute() {
      room.write(CODES.execute, 5, () => {
        room.name('')
        // All rows.
        room.int32(0)
      })
    },
    close(statement) {
      room.write(CODES.close, 1 + mostBytesOf(statement), () => room.name(`S${statement}`))
    },
    sync() {
      room.write(CODES.sync, 0, () => undefined)
    },
    take: () => room.take(),
  }
}

function mostBytesOf(text: string): number {
  return text.length * MOST_BYTES_OF_UNIT + 1
}

/** The bytes of messages, one after another. */
class MessageRoom {
  #bytes = Buffer.allocUnsafe(KEPT_ROOM_BYTES)
  #end = 0

  /** Writes a message: its type, its length, which counts itself, and what it says. */
  write(type: number, mostBytes: number, writeBody: () => void): void {
    this.#reserve(5 + mostBytes)
    this.#bytes[this.#end++] = type
    this.#writeCounted(4, writeBody)
  }

  uint16(value: number): void {
    this.#end = this.#bytes.writeUInt16BE(value, this.#end)
  }

  int32(value: number): void {
    this.#end = this.#bytes.writeInt32BE(value, this.#end)
  }

  /** A text that ends with a zero. */
  name(text: string): void {
    this.#text(text)
    this.#bytes[this.#end++] = 0
  }

  /** A text with its length; null has no bytes. */
  value(text: string | null): void {
    if (text === null) this.int32(-1)
    else this.#writeCounted(0, () => this.#text(text))
  }

  take(): Buffer {
    const taken = Buffer.from(this.#bytes.subarray(0, this.#end))
    this.#end = 0
    if (this.#bytes.length > KEPT_ROOM_BYTES) this.#bytes = Buffer.allocUnsafe(KEPT_ROOM_BYTES)
    return taken
  }

  #text(text: string): void {
    this.#end += this.#bytes.write(text, this.#end)
  }

  /** Writes a length of four bytes, and then what it counts. @param more what it counts besides. */
  #writeCounted(more: number, write: () => void): void {
    const from = this.#end
    this.#end += 4
    write()
    this.#bytes.writeInt32BE(this.#end - from - 4 + more, from)
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#end + bytes))
    this.#bytes.copy(larger, 0, 0, this.#end)
    this.#bytes = larger
  }
}
