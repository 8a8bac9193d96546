import type { Finding } from '../finding.ts'
import { hashLeaf } from '../merkle/hash.ts'
import { rootFromInclusion } from '../merkle/proof.ts'
import { formatBase64 } from '../note/base64.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy } from '../note/policy.ts'
import { parseTlogProof, provesEntry } from '../note/tlog-proof.ts'

/** Verifies what somebody presents together with a log: receipts, and values of commitments. */

/** The result of checking a receipt. The receipt is valid if `findings` is empty. */
export interface ReceiptReport {
  readonly findings: readonly Finding[]
  /** The entry's index; undefined if the receipt cannot be parsed. */
  readonly index: number | undefined
  /** Who signed and cosigned; undefined if the checkpoint is not valid. */
  readonly checked: CheckedCheckpoint | undefined
}

/**
 * Verifies a receipt, a C2SP tlog-proof, for the bytes of an entry. A missing quorum is not a finding, because a receipt is
 * written before witnesses cosign; see `checked.isInQuorum`.
 * @param check checks the checkpoint. Whoever verifies many receipts of one checkpoint passes one that remembers it.
 */
export function verifyReceipt(
  receipt: string,
  entry: Uint8Array,
  policy: Policy,
  check: typeof checkCheckpoint = checkCheckpoint,
): ReceiptReport {
  let index: number | undefined
  let checked: CheckedCheckpoint | undefined
  try {
    const proof = parseTlogProof(receipt)
    index = proof.index
    checked = check(proof.checkpoint, policy)
    if (provesEntry(entry, proof, checked.checkpoint)) return { findings: [], index, checked }
    const { size, root } = checked.checkpoint
    const came = rootFromInclusion(hashLeaf(entry), index, size, proof.hashes)
    const where = `receipt for entry ${index}`
    const leadsTo =
      came === undefined ? 'a proof that does not lead to a root' : `${formatBase64(came)} from this entry`
    return { findings: [{ kind: 'RECEIPT', where, expected: formatBase64(root), came: leadsTo }], index, checked }
  } catch (error) {
    const kind = index === undefined ? 'MALFORMED' : 'SIGNATURE'
    const finding = {
      kind,
      where: 'receipt',
      expected: 'a proof in a log of the trust policy',
      came: (error as Error).message,
    } as const
    return { findings: [finding], index, checked }
  }
}
