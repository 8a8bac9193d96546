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
  const trimmed = value.trim()
  if (trimmed.length < 2 || !trimmed.startsWith(':') || !trimmed.endsWith(':')) return undefined
  const text = trimmed.slice(1, -1)
  const bytes = Buffer.from(text, 'base64')
  // What is written as it would be written again needs no look at each character, which takes ten times as long.
  if (bytes.toString('base64') !== text && !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined
  return bytes.toString('utf8')
}
