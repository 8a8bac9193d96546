import type { Receipt } from '../../audit/log/log.ts'
import { addExtra } from '../../audit/note/tlog-proof.ts'
import { formatReceiptHeader } from '../../contract/receipt.ts'

/** The longest value of the header with a proof, in characters. Clients and proxies often accept headers of 16 KiB, all together. */
const MAX_HEADER = 8_192

/**
 * Makes the value of the header `Istmo-Log-Proof`: the C2SP tlog-proof of a request's entry as a byte sequence of RFC 9651. The proof has the
 * entry in its line `extra`, unless the header would then be too long.
 * @param entry the request's own entry, which is durable.
 */
export async function proveRequest(entry: string, receipt: Receipt): Promise<string> {
  const proof = await receipt.proof()
  const complete = formatReceiptHeader(addExtra(proof, Buffer.from(entry)))
  return complete.length <= MAX_HEADER ? complete : formatReceiptHeader(proof)
}
