/** What a node says if it does not answer a leg: the HTTP status, and the code in the body (docs/design/contract.md, What a failure does). */

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

/**
 * Reads the code of the first error in a rejection's body: capital letters and underscores. The rest of the body may name a person, so
 * the gateway reads no more of it.
 * @returns null if the body is too large, is not JSON, or has no such code.
 */
export async function readRejectionCode({
  body,
}: {
  readonly body: AsyncIterable<Uint8Array>
}): Promise<string | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of body) {
      size += chunk.byteLength
      if (size > MAX_BODY_BYTES) return null
      chunks.push(chunk)
    }
    const code: unknown = JSON.parse(Buffer.concat(chunks, size).toString('utf8'))?.errors?.[0]?.extensions?.code
    return typeof code === 'string' && /^[A-Z][A-Z_]{1,49}$/.test(code) ? code : null
  } catch {
    // The status has said all that decides. A body that breaks off or is not JSON adds nothing.
    return null
  }
}
