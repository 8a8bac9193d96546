import type { Finding } from '../finding.ts'
import { hashLeaf } from '../merkle/hash.ts'
import { rootFromInclusion } from '../merkle/proof.ts'
import { formatBase64 } from '../note/base64.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy } from '../note/policy.ts'
import { parseTlogProof, provesEntry } from '../note/tlog-proof.ts'
import { opensTo } from '../salts/commitment.ts'
import type { FoundSalt } from '../salts/slot.ts'

/** Checks what is shown beside a log: receipts, and values behind commitments. */

/** A receipt that was checked. It holds where `findings` is empty. */
export interface ReceiptReport {
  readonly findings: readonly Finding[]
  /** The entry's index; undefined where the receipt cannot be read. */
  readonly index: number | undefined
  /** Who signed and cosigned; undefined where the checkpoint does not hold. */
  readonly checked: CheckedCheckpoint | undefined
}

/**
 * Checks a receipt, a C2SP tlog-proof, against the bytes of the entry that it is shown for. A missing quorum is no finding: a
 * receipt is older than its witnesses; `checked.isInQuorum` tells.
 */
export function verifyReceipt(receipt: string, entry: Uint8Array, policy: Policy): ReceiptReport {
  let index: number | undefined
  let checked: CheckedCheckpoint | undefined
  try {
    const proof = parseTlogProof(receipt)
    index = proof.index
    checked = checkCheckpoint(proof.checkpoint, policy)
    if (provesEntry(entry, proof, checked.checkpoint)) return { findings: [], index, checked }
    const { size, root } = checked.checkpoint
    const came = rootFromInclusion(hashLeaf(entry), index, size, proof.hashes)
    const where = `receipt for entry ${index}`
    const leadsTo = came === undefined ? 'a path that leads to no root' : `${formatBase64(came)} from this entry`
    return { findings: [{ kind: 'RECEIPT', where, expected: formatBase64(root), came: leadsTo }], index, checked }
  } catch (error) {
    const kind = index === undefined ? 'MALFORMED' : 'SIGNATURE'
    const finding = {
      kind,
      where: 'receipt',
      expected: 'a proof in a log of the policy',
      came: (error as Error).message,
    } as const
    return { findings: [finding], index, checked }
  }
}

/**
 * Checks a value against the commitment of it that an entry has. Without its salt nothing can be told: undefined. `where` names the
 * entry.
 */
export function verifyCommitment(
  where: string,
  commitment: string,
  value: unknown,
  salt: FoundSalt,
): readonly Finding[] | undefined {
  if (salt.kind !== 'KEPT') return undefined
  if (opensTo(commitment, value, salt.salt)) return []
  return [{ kind: 'SALT', where, expected: commitment, came: 'another commitment from this value and this salt' }]
}
