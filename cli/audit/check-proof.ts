import type { Finding } from '../../audit/finding.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy, withRotations } from '../../audit/note/policy.ts'
import type { KeyRotation } from '../../audit/note/rotation.ts'
import { type ReceiptReport, verifyReceipt } from '../../audit/verify/verify-receipt.ts'

/** The result of checking a proof. The proof holds if `findings` is empty. */
export interface CheckedProof {
  readonly report: ReceiptReport
  readonly findings: readonly Finding[]
}

/**
 * Creates a check of checkpoints that remembers the last one: most proofs of an export have the same, and its signatures take longest. It is for
 * one trust policy.
 */
export function rememberCheckpoint(): typeof checkCheckpoint {
  let last: { readonly note: string | Uint8Array; readonly checked: CheckedCheckpoint } | undefined
  return (note, policy) => {
    if (last?.note !== note) last = { note, checked: checkCheckpoint(note, policy) }
    return last.checked
  }
}

/** Checks that a proof proves an entry, and that the quorum of the trust policy has cosigned its checkpoint: the reader has no log. */
export function checkProof(
  proof: string,
  entry: Uint8Array,
  policy: Policy,
  check: typeof checkCheckpoint = checkCheckpoint,
): CheckedProof {
  const report = verifyReceipt(proof, entry, policy, check)
  return { report, findings: [...report.findings, ...quorumOf(report, policy.quorum)] }
}

/** Whether an entry is in the log that it names. The owner of any other log of the trust policy can write the same words. */
export function isInOwnLog({ origin }: { readonly origin: string }, { checked }: ReceiptReport): boolean {
  return checked?.checkpoint.origin === origin
}

function quorumOf({ checked }: ReceiptReport, quorum: string): readonly Finding[] {
  if (checked === undefined || checked.isInQuorum) return []
  const names = checked.cosignatures.map(({ witness }) => witness.name).join(', ')
  const where = `checkpoint of size ${checked.checkpoint.size}`
  return [{ kind: 'NO_QUORUM', where, expected: `quorum ${quorum}`, came: names === '' ? 'no witness' : names }]
}

/** Adds rotations to a trust policy, log by log. They may be in any order. */
export function followAll(policy: Policy, rotations: readonly KeyRotation[]): Policy {
  const byOrigin = Map.groupBy(rotations, ({ oldKey }) => oldKey.name)
  return [...byOrigin.values()].reduce(
    (known, own) =>
      withRotations(
        known,
        own.toSorted((one, other) => one.index - other.index),
      ),
    policy,
  )
}
