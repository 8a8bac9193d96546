import { maxHeaderSize } from 'node:http'
import { MalformedAnswer } from './http1-errors.ts'

/** How many bytes the lines of a head or the trailers may have: as many as with Node's own client. */
const MAX_BYTES = maxHeaderSize

/** The first sign of the text may be the rest of a line break. */
const BARE_LINE_FEED = /[^\r]\n/

const EMPTY_LINE = Buffer.from('\r\n\r\n')

/** Looks for the empty line that ends a head or trailers, and holds the bytes before it until it comes. */
export class HeldLines {
  /** Where the received bytes go on behind the empty line, after {@link take} returned the lines. */
  end = 0
  #held: Buffer | null = null
  #size = 0
  readonly #opening: string

  /** @param opening what the lines must begin with. */
  constructor(opening: string) {
    this.#opening = opening
  }

  /** Whether bytes are held, whose rest did not come yet. */
  get isHolding(): boolean {
    return this.#held !== null
  }

  /**
   * Takes received bytes, from one place on. Lines that come whole are not copied.
   * @returns the lines as Latin-1, without the empty one; null if it did not come yet.
   * @throws {MalformedAnswer} if there are too many bytes, or if the empty line could never end what came so far.
   */
  take(bytes: Buffer, from: number): string | null {
    if (this.#held !== null) return this.#takeMore(this.#held, bytes, from)
    const at = bytes.indexOf(EMPTY_LINE, from)
    if (at === -1) {
      this.hold(bytes.subarray(from))
      return null
    }
    if (at - from > MAX_BYTES) throw tooLong()
    this.end = at + EMPTY_LINE.length
    return bytes.toString('latin1', from, at)
  }

  /** Holds bytes that came before. */
  hold(bytes: Buffer): void {
    if (bytes.length > MAX_BYTES) throw tooLong()
    this.#held = Buffer.allocUnsafe(MAX_BYTES + EMPTY_LINE.length)
    this.#size = bytes.copy(this.#held)
    this.#checkHeld(this.#held, 0)
  }

  /** Nobody should wait for the end of what is wrong already. */
  #checkHeld(held: Buffer, from: number): void {
    const opening = held.toString('latin1', 0, Math.min(this.#size, this.#opening.length))
    if (!this.#opening.startsWith(opening)) throw new MalformedAnswer('expected HTTP/1.1; came something else')
    const text = held.toString('latin1', Math.max(0, from - 1), this.#size)
    if (BARE_LINE_FEED.test(text)) throw new MalformedAnswer('expected lines that end with CR LF; came a bare LF')
  }

  #takeMore(held: Buffer, bytes: Buffer, from: number): string | null {
    const before = this.#size
    this.#size += bytes.copy(held, before, from)
    // The empty line may have begun in the bytes before.
    const at = held.subarray(0, this.#size).indexOf(EMPTY_LINE, Math.max(0, before - EMPTY_LINE.length + 1))
    if (at === -1) {
      if (this.#size > MAX_BYTES) throw tooLong()
      this.#checkHeld(held, before)
      return null
    }
    this.#held = null
    this.end = from + at + EMPTY_LINE.length - before
    return held.toString('latin1', 0, at)
  }
}

function tooLong(): MalformedAnswer {
  return new MalformedAnswer(`expected at most ${MAX_BYTES} bytes of headers; came more`)
}
