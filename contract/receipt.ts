/**
 * The header `Istmo-Receipt` (docs/design/audit-log.md, Receipts). It is a C2SP tlog-proof as a byte sequence of RFC 9651,
 * `:<Base 64>:`. The proof is for the leg's entry in the country's log (contract/audit-log, kind `leg`), and has that entry in
 * `extra`.
 */
export const RECEIPT_HEADER = 'Istmo-Receipt'

/** Formats the text of a proof as the value of the header, and of the header `Istmo-Log-Proof` of the gateway's answers. */
export function formatReceiptHeader(proof: string): string {
  return `:${Buffer.from(proof).toString('base64')}:`
}

/** Parses the value of the header. Returns the text of the proof, or undefined if the value is not a byte sequence. */
export function parseReceiptHeader(value: string): string | undefined {
  const bytes = parseByteSequence(value)
  return bytes === undefined ? undefined : bytes.toString('utf8')
}

/**
 * Parses the value of the header, as {@link parseReceiptHeader} does. Returns the proof with one character for each byte: such a text has half the
 * size of one with the em dash of a signature line in it, and everything that is looked for in a proof is ASCII.
 */
export function parseReceiptBytes(value: string): string | undefined {
  const bytes = parseByteSequence(value)
  return bytes === undefined ? undefined : bytes.toString('latin1')
}

/** Room for the bytes of a header. It is used again each time: whoever gets the bytes reads them at once. */
const DECODED = Buffer.alloc(16_384)

/** Decodes a byte sequence of RFC 9651. Returns undefined if the value is none. */
function parseByteSequence(value: string): Buffer | undefined {
  const trimmed = value.trim()
  if (trimmed.length < 2 || !trimmed.startsWith(':') || !trimmed.endsWith(':')) return undefined
  const text = trimmed.slice(1, -1)
  const bytes =
    text.length > DECODED.length ? Buffer.from(text, 'base64') : DECODED.subarray(0, DECODED.write(text, 'base64'))
  // Node skips what is not a digit. A text that gave as many bytes as it has room for needs no look at each character, which takes ten times as long.
  if (!isAllDigits(text, bytes.length) && !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  return bytes
}

/** Whether a text of whole groups is Base 64 for sure: no character was skipped, and none is of URL-safe Base 64, which Node takes too. */
function isAllDigits(text: string, byteCount: number): boolean {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const isWhole = text.length % 4 === 0 && byteCount === (text.length / 4) * 3 - padding
  return isWhole && !text.includes('-') && !text.includes('_')
}
