import { checkCheckpoint, type Policy } from '../../../audit/note/policy.ts'
import { parseTlogProof, provesEntry } from '../../../audit/note/tlog-proof.ts'
import { parseEntry } from '../../../contract/audit-log/entry.ts'
import { parseReceiptHeader } from '../../../contract/receipt.ts'
import type { Journal, JournalQuestion } from './read-journal.ts'

/**
 * Reads the proofs in journals (`Istmo-Log-Proof`): that a gateway's log had the entry of a request. A proof that does not hold proves nothing, and is left
 * out.
 * @param origin the name of the gateway's log
 * @returns by the id of the request: how many entries the log had, as its key signed it.
 */
export function readProofs(
  journals: readonly Journal[],
  origin: string,
  policies: readonly Policy[],
): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>()
  for (const { answer } of journals.flatMap(({ questions }) => questions)) {
    const size = answer === null ? null : readProof(answer, origin, policies)
    if (answer?.requestId != null && size !== null) sizes.set(answer.requestId, size)
  }
  return sizes
}

function readProof(
  { requestId, proof: header }: NonNullable<JournalQuestion['answer']>,
  origin: string,
  policies: readonly Policy[],
): number | null {
  for (const policy of header === null ? [] : policies) {
    try {
      const proof = parseTlogProof(parseReceiptHeader(header ?? '') ?? '')
      const { checkpoint } = checkCheckpoint(proof.checkpoint, policy)
      const { extra: entry } = proof
      if (entry === undefined || checkpoint.origin !== origin || !provesEntry(entry, proof, checkpoint)) continue
      if (parseEntry(entry).id === requestId) return checkpoint.size
    } catch {
      // It is of another log, or of none.
    }
  }
  return null
}
