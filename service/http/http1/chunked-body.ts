import { HeldLines } from './held-lines.ts'
import { MalformedAnswer } from './http1-errors.ts'
import { checkTrailers } from './read-head.ts'

type Stage = 'size' | 'space' | 'extension' | 'sizeEnd' | 'data' | 'dataReturn' | 'dataEnd' | 'trailers'

/** How many hexadecimal digits the size of a chunk may have: sizes of up to 256 MiB. */
const MAX_DIGITS = 7

/** How many bytes all chunk extensions of an answer may have. Nobody reads them. */
const MAX_EXTENSION_BYTES = 4_096

const RETURN = 0x0d
const LINE_FEED = 0x0a
const SEMICOLON = 0x3b
const SPACE = 0x20
const TAB = 0x09
const LINE_BREAK = Buffer.from('\r\n')

/** Reads a chunked body (RFC 9112, section 7.1). */
export class ChunkedBody {
  /** Where the received bytes go on behind the body, after {@link take} returned true. */
  end = 0
  #stage: Stage = 'size'
  #size = 0
  #digits = 0
  #left = 0
  #extensionBytes = 0
  readonly #trailers = new HeldLines('\r\n')

  /**
   * Takes received bytes, from one place on, and moves the data of their chunks together within them. So a body of many small chunks has no more
   * parts than the system received.
   * @param onPart called with the data, once if there are any.
   * @returns whether the body is complete.
   * @throws {MalformedAnswer}
   */
  take(bytes: Buffer, from: number, onPart: (part: Buffer) => void): boolean {
    let at = from
    let dataStart = -1
    let dataEnd = -1
    while (at < bytes.length && this.#stage !== 'trailers') {
      if (this.#stage !== 'data') {
        this.#takeFraming(bytes[at] as number)
        at += 1
        continue
      }
      const length = Math.min(this.#left, bytes.length - at)
      if (dataStart === -1) {
        dataStart = at
        dataEnd = at
      } else bytes.copyWithin(dataEnd, at, at + length)
      dataEnd += length
      at += length
      this.#left -= length
      if (this.#left === 0) this.#stage = 'dataReturn'
    }
    if (dataStart !== -1) onPart(bytes.subarray(dataStart, dataEnd))
    return this.#stage === 'trailers' && this.#takeTrailers(bytes, at)
  }

  #takeFraming(byte: number): void {
    switch (this.#stage) {
      case 'size':
        this.#takeSize(byte)
        return
      case 'space':
        this.#takeSpace(byte)
        return
      case 'extension':
        if (byte === RETURN) this.#stage = 'sizeEnd'
        else this.#countExtension(byte)
        return
      case 'sizeEnd':
        expectByte(byte, LINE_FEED)
        this.#endSize()
        return
      case 'dataReturn':
        expectByte(byte, RETURN)
        this.#stage = 'dataEnd'
        return
      default:
        expectByte(byte, LINE_FEED)
        this.#stage = 'size'
    }
  }

  #takeSize(byte: number): void {
    const digit = digitOf(byte)
    if (digit !== -1) {
      this.#digits += 1
      if (this.#digits > MAX_DIGITS) throw notChunked()
      this.#size = this.#size * 16 + digit
      return
    }
    if (this.#digits === 0) throw notChunked()
    if (byte === RETURN) this.#stage = 'sizeEnd'
    else if (byte === SEMICOLON) this.#stage = 'extension'
    else if (byte === SPACE || byte === TAB) this.#stage = 'space'
    else throw notChunked()
  }

  /** After spaces, a size ends or has an extension: `2 junk` is neither, and two readers would read it in two ways. */
  #takeSpace(byte: number): void {
    if (byte === RETURN) this.#stage = 'sizeEnd'
    else {
      if (byte === SEMICOLON) this.#stage = 'extension'
      else if (byte !== SPACE && byte !== TAB) throw notChunked()
      this.#countExtension(byte)
    }
  }

  #countExtension(byte: number): void {
    this.#extensionBytes += 1
    const isControl = (byte < SPACE && byte !== TAB) || byte === 0x7f
    if (isControl || this.#extensionBytes > MAX_EXTENSION_BYTES) throw notChunked()
  }

  #endSize(): void {
    this.#left = this.#size
    this.#stage = this.#size === 0 ? 'trailers' : 'data'
    this.#size = 0
    this.#digits = 0
  }

  /** Trailers and the empty line at their end. With the line break before them, they end as a head does. */
  #takeTrailers(bytes: Buffer, from: number): boolean {
    if (!this.#trailers.isHolding) {
      if (bytes[from] === RETURN && bytes[from + 1] === LINE_FEED) {
        this.end = from + LINE_BREAK.length
        return true
      }
      this.#trailers.hold(LINE_BREAK)
    }
    const lines = this.#trailers.take(bytes, from)
    if (lines === null) return false
    checkTrailers(lines)
    this.end = this.#trailers.end
    return true
  }
}

function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

function expectByte(byte: number, expected: number): void {
  if (byte !== expected) throw notChunked()
}

function notChunked(): MalformedAnswer {
  return new MalformedAnswer('expected a chunked body; came something else')
}
