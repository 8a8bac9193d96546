/** Mandates of Guatemala that two persons sign, in a log that Honduras's witness cosigns. */
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { openLogOn } from '../../audit/log/log.ts'
import { createMemoryStorage, newSigner } from '../../audit/log/testing.ts'
import { parseNote, signText } from '../../audit/note/note.ts'
import { SAMPLE_MANDATE_ENTRY } from '../../contract/audit-log/testing.ts'
import type { MandateDocument } from '../../contract/trust/mandate-document.ts'
import { hashPayload, type PersonalJws } from '../../contract/trust/personal-jws.ts'
import { newPersonalKey, SAMPLE_MANDATE, signByBoth, thumbprintOf } from '../../contract/trust/testing.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { makeMandateProof } from '../../service/trust/mandate-proof.ts'

const DAY_MS = 86_400_000

/** A mandate that both persons signed and that the log has. */
export interface TestMandate {
  readonly hash: string
  readonly document: MandateDocument
  readonly signed: PersonalJws
  /** Makes the proof, as a node reads it. */
  prove(): Promise<Readonly<Record<string, unknown>>>
}

/** Two persons, and the log of their authority. */
export interface TestMandates {
  /** What a country pins: the approver's thumbprint, and the verifier keys of the log and of Honduras's witness. */
  readonly approver: string
  readonly log: string
  readonly witness: string
  /** Makes a mandate, good now, with changes. */
  make(changes?: Partial<MandateDocument>, how?: 'approved by a stranger'): Promise<TestMandate>
}

/** Opens the log of the authority with this name. */
export async function openMandates(issuer: string): Promise<TestMandates> {
  const [drafter, approver, stranger] = [newPersonalKey(), newPersonalKey('P-256'), newPersonalKey()]
  const files = new Map<string, Uint8Array>()
  const [signer, witness] = [newSigner('authority.gt.example'), newSigner('witness.hn.example', 'cosignature')]
  const log = await openLogOn(createMemoryStorage(files), { signer, publishAfterMs: 1_000_000 })
  const source = { name: 'memory', read: async (path: string) => files.get(path) }

  async function append(entry: object): Promise<number> {
    const { index } = await log.append(canonicalBytes(entry))
    await log.publish()
    const { note } = log.published()
    await log.addCosignatures(note, [signText(parseNote(note).text, witness)])
    return index
  }

  return {
    approver: await thumbprintOf(approver),
    log: signer.verifier.vkey,
    witness: witness.verifier.vkey,
    async make(changes = {}, how) {
      const now = Date.now()
      const document: MandateDocument = {
        ...SAMPLE_MANDATE,
        ...{ id: createUuidV7(now), issuer, issued: Math.floor(now / 1000) - 60, countries: ['GT', 'HN', 'SV'] },
        not_after: new Date(now + 30 * DAY_MS).toISOString().slice(0, 10),
        ...changes,
      }
      const by = how === undefined ? approver : stranger
      const signed = await signByBoth(document, drafter, by)
      const hash = hashPayload(signed.payload)
      const index = await append({ ...SAMPLE_MANDATE_ENTRY, mandate: hash, key: await thumbprintOf(by) })
      const place = { source, index, log: signer.verifier, witnesses: [witness.verifier] }
      return { hash, document, signed, prove: async () => ({ ...(await makeMandateProof(signed, place)) }) }
    },
  }
}

/** Returns the claim of a mandate in a country token. */
export function mandateClaim({ hash, document }: Pick<TestMandate, 'hash' | 'document'>) {
  const { task_force, purposes, not_after } = document
  return { hash, task_force, purposes, not_after }
}
