/**
 * The header `Istmo-Receipt` (docs/design/audit-log.md, Receipts): a C2SP tlog-proof as a byte sequence of RFC 9651,
 * `:<Base 64>:`. The proof's `extra` is the leg's entry in the country's log (contract/audit-log, kind `leg`), of which it is a
 * proof.
 */
export const RECEIPT_HEADER = 'Istmo-Receipt'

/** Writes a proof's text as the header's value. */
export function formatReceiptHeader(proof: string): string {
  return `:${Buffer.from(proof).toString('base64')}:`
}

/** The proof's text of a header's value; undefined where it is no byte sequence. */
export function parseReceiptHeader(value: string): string | undefined {
  const match = /^:([A-Za-z0-9+/]*={0,2}):$/.exec(value.trim())
  return match?.[1] === undefined ? undefined : Buffer.from(match[1], 'base64').toString('utf8')
}
