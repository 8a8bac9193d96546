import { ChunkedBody } from './chunked-body.ts'
import { HeldLines } from './held-lines.ts'
import { MalformedAnswer } from './http1-errors.ts'
import { type AnswerHeaders, CHUNKED, readHead, UNTIL_CLOSE } from './read-head.ts'

/** Takes in an answer. What it throws ends the exchange: nothing more is read. */
export interface AnswerTaker {
  /** Called once, before the body. */
  onHead(status: number, headers: AnswerHeaders): void
  /** Called with the body, part by part. A part may be kept: its memory is not used again. */
  onPart(part: Buffer): void
}

/** How many informational answers may come before the answer, such as early hints. */
const MAX_INFORMATIONAL = 16

/** A connection that goes over to another protocol, which nobody asked for. */
const SWITCHING_PROTOCOLS = 101

/** Reads the answers of one connection from the bytes that came, one after the other. */
export class AnswerParser {
  /** Where the received bytes go on behind the answer, after {@link take} returned true. */
  end = 0
  /** How long the connection may rest after the answer, in milliseconds; 0 if it must be closed. Known as soon as the head came. */
  restMs = 0
  readonly #head = new HeldLines('HTTP/1.')
  #hasHead = false
  #informational = 0
  /** How many bytes of the body are still to come; {@link CHUNKED} or {@link UNTIL_CLOSE}. */
  #left = 0
  #chunks: ChunkedBody | null = null

  /** Whether the answer is complete if the connection ends now. */
  get endsWithConnection(): boolean {
    return this.#hasHead && this.#left === UNTIL_CLOSE
  }

  /**
   * Takes received bytes.
   * @returns whether the answer is complete. The parser is then ready for the next one.
   * @throws {MalformedAnswer}, or what the taker threw. The parser must then not be used again.
   */
  take(bytes: Buffer, taker: AnswerTaker): boolean {
    let at = 0
    while (!this.#hasHead) {
      const text = this.#head.take(bytes, at)
      if (text === null) return false
      at = this.#head.end
      this.#takeHead(text, taker)
    }
    if (this.#left === CHUNKED) return this.#takeChunks(bytes, at, taker)
    return this.#takePart(bytes, at, taker)
  }

  #takeHead(text: string, taker: AnswerTaker): void {
    const { status, headers, bodyLength, restMs } = readHead(text)
    if (status < 200) {
      this.#informational += 1
      if (status === SWITCHING_PROTOCOLS || this.#informational > MAX_INFORMATIONAL)
        throw new MalformedAnswer('expected an answer; came another protocol, or only informational answers')
      return
    }
    this.#hasHead = true
    this.restMs = restMs
    this.#left = bodyLength
    taker.onHead(status, headers)
  }

  #takePart(bytes: Buffer, from: number, taker: AnswerTaker): boolean {
    const rest = bytes.length - from
    if (this.#left === UNTIL_CLOSE) {
      if (rest > 0) taker.onPart(from === 0 ? bytes : bytes.subarray(from))
      return false
    }
    const length = Math.min(this.#left, rest)
    if (length > 0) taker.onPart(from === 0 && length === rest ? bytes : bytes.subarray(from, from + length))
    this.#left -= length
    return this.#left === 0 && this.#complete(from + length)
  }

  #takeChunks(bytes: Buffer, from: number, taker: AnswerTaker): boolean {
    this.#chunks ??= new ChunkedBody()
    const isComplete = this.#chunks.take(bytes, from, (part) => taker.onPart(part))
    return isComplete && this.#complete(this.#chunks.end)
  }

  #complete(end: number): true {
    this.end = end
    this.#hasHead = false
    this.#informational = 0
    this.#chunks = null
    return true
  }
}
