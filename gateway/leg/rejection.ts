/** What a node says if it does not answer a leg: the HTTP status, and the code in the body (docs/design/contract.md, What a failure does). */
import type { BodyReader } from './exchange.ts'

/** The statuses with which a server says that it, or what is behind it, cannot serve at the moment (RFC 9110, section 15.6). */
export const UNAVAILABLE_STATUSES: ReadonlySet<number> = new Set([502, 503, 504])

/** How many bytes of a rejection's body the gateway reads. */
const MAX_BODY_BYTES = 16_384

/** The node denies the leg with 401 or 403. `code`: the node's own code; null if it gave none. */
export class RejectedByNode extends Error {
  override readonly name = 'RejectedByNode'
  readonly code: string | null
  /** By how many seconds the node's clock is ahead of the gateway's; null if they agree (clock-difference.ts). */
  readonly clockAheadS: number | null
  constructor(status: number, code: string | null, clockAheadS: number | null) {
    super(`status ${status}`)
    this.code = code
    this.clockAheadS = clockAheadS
  }
}

/** The node cannot reach its records, or nobody can reach the node. `code`: the node's own code; null if it gave none. */
export class RecordsUnavailable extends Error {
  override readonly name = 'RecordsUnavailable'
  readonly code: string | null
  constructor(status: number, code: string | null) {
    super(`status ${status}`)
    this.code = code
  }
}

/** A node's code: capital letters and underscores. Another text may name a person. */
const NODE_CODE = /^[A-Z][A-Z_]{1,49}$/

/**
 * Reads the body of a rejection, and of it only the code of the first error: the rest may name a person.
 * @param toError makes the error of the leg, with the code; null if the body is too large, is not JSON, breaks off, or has no such code.
 * @param onBody called with the complete body. What it throws is the error of the leg.
 */
export class RejectionReader implements BodyReader {
  readonly #toError: (code: string | null) => Error
  readonly #onBody: ((bytes: Uint8Array) => void) | undefined
  readonly #parts: Uint8Array[] = []
  #size = 0

  constructor(toError: (code: string | null) => Error, onBody?: (bytes: Uint8Array) => void) {
    this.#toError = toError
    this.#onBody = onBody
  }

  take(part: Uint8Array): void {
    this.#size += part.byteLength
    // The status has said all that decides.
    if (this.#size > MAX_BODY_BYTES) throw this.#toError(null)
    this.#parts.push(part)
  }

  breakOff(): Error {
    return this.#toError(null)
  }

  finish(): never {
    const body = Buffer.concat(this.#parts, this.#size)
    this.#onBody?.(body)
    throw this.#toError(readCode(body))
  }
}

function readCode(body: Buffer): string | null {
  try {
    const code: unknown = JSON.parse(body.toString('utf8'))?.errors?.[0]?.extensions?.code
    return typeof code === 'string' && NODE_CODE.test(code) ? code : null
  } catch {
    return null
  }
}
