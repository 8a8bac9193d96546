/** The request headers by which a caller asks for something, and the values that they may have. */
import type { IncomingHttpHeaders } from 'node:http'
import { type Detail, detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'

interface AskingHeader {
  /** In small letters. */
  readonly name: string
  readonly values: readonly string[]
  /** What the error says of another value. */
  readonly expected: Detail
}

/** A boolean of RFC 9651. */
const BOOLEAN = ['?1', '?0']

const ASKING_HEADERS: readonly AskingHeader[] = [
  { name: 'istmo-dry-run', values: BOOLEAN, expected: detail('HEADER_BOOLEAN', { header: 'Istmo-Dry-Run' }) },
  { name: 'istmo-log-proof', values: BOOLEAN, expected: detail('HEADER_BOOLEAN', { header: 'Istmo-Log-Proof' }) },
  { name: 'istmo-evidence', values: ['legs'], expected: detail('EVIDENCE_HEADER') },
]

/**
 * Checks that each header by which a caller asks for something has a value that the gateway knows. RFC 9651 lets a server ignore what it cannot
 * read, but then the gateway would ask countries what its caller meant to ask nobody, or answer without the proof that its caller counts on.
 * @throws {IstmoError} `BAD_REQUEST`, which names the header and its values.
 */
export function checkAskingHeaders(headers: IncomingHttpHeaders): void {
  for (const { name, values, expected } of ASKING_HEADERS) {
    const value = headers[name]
    // Node joins the lines of such a header, so that a header sent twice has another value.
    if (value !== undefined && !values.some((known) => known === value)) throw new IstmoError('BAD_REQUEST', expected)
  }
}
