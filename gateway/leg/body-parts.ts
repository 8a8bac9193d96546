import { releaseBytes } from '../../service/http/release-bytes.ts'

/** Puts the parts of a body together. Whoever adds a part gives its memory away. */
export class BodyParts {
  /** How many bytes came. */
  size = 0
  /** The first part; null before it came. Only until the next one comes. */
  first: Uint8Array | null = null
  readonly #length: number
  /** Where the parts are put as they come, if somebody said how long they are together. */
  #whole: Buffer | null = null
  /** All parts, if nobody did. */
  #parts: Uint8Array[] | null = null

  /** @param length how long the body is as its head says it, if it is not too long; 0 if that is unknown. */
  constructor(length: number) {
    this.#length = length
  }

  add(part: Uint8Array): void {
    const before = this.size
    this.size = before + part.byteLength
    if (this.#whole !== null && this.size <= this.#whole.length) {
      this.#whole.set(part, before)
      releaseBytes(part)
    } else if (this.#parts !== null) this.#parts.push(part)
    else if (before === 0) this.first = part
    else this.#begin(part)
  }

  /** Returns the body, after its last part. */
  bytes(): Buffer {
    if (this.#parts !== null) {
      const all = Buffer.concat(this.#parts, this.size)
      for (const part of this.#parts) releaseBytes(part)
      return all
    }
    if (this.#whole !== null) return this.#whole.subarray(0, this.size)
    const only = this.first ?? EMPTY
    return Buffer.isBuffer(only) ? only : Buffer.from(only.buffer, only.byteOffset, only.byteLength)
  }

  /** Begins with the second part, or with the one that is longer than the head said. */
  #begin(part: Uint8Array): void {
    const before = this.#whole?.subarray(0, this.size - part.byteLength) ?? this.first ?? EMPTY
    if (this.#length < this.size) {
      this.#whole = null
      this.#parts = [before, part]
      return
    }
    this.#whole = Buffer.allocUnsafeSlow(this.#length)
    this.#whole.set(before)
    this.#whole.set(part, before.length)
    releaseBytes(before)
    releaseBytes(part)
  }
}

const EMPTY = Buffer.alloc(0)
