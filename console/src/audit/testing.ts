import { rowOf } from '../../../audit/index/entry-row.ts'
import { canonicalBytes } from '../../../audit/log/canonical.ts'
import { newSigner } from '../../../audit/log/testing.ts'
import { plainPath, plainRoot } from '../../../audit/merkle/testing.ts'
import { formatCheckpoint } from '../../../audit/note/checkpoint.ts'
import type { NoteSigner } from '../../../audit/note/key.ts'
import { signNote } from '../../../audit/note/note.ts'
import { formatTlogProof } from '../../../audit/note/tlog-proof.ts'
import { type Entry, type EntryOf, parseEntry } from '../../../contract/audit-log/entry.ts'
import type { ShownEntry, ShownProof } from './shown-entry.ts'

/** A log with witnesses, and what oversight shows of its entries, for tests. */

/** The time of all cosignatures, in milliseconds since 1970. */
export const COSIGNED_MS = Date.parse('2026-11-24T20:16:00Z')

/** A log's signer and its three witnesses. */
export const GATEWAY = newSigner('istmo.example/gateway')
export const WITNESSES = ['gt', 'hn', 'sv'].map((name) =>
  newSigner(`witness.example/${name}`, 'cosignature', () => COSIGNED_MS),
)

/** Writes a trust policy for the log. `quorum`: how many of the three witnesses must have cosigned. */
export function writePolicy(quorum: number, logs: readonly NoteSigner[] = [GATEWAY]): string {
  return [
    ...logs.map(({ verifier }) => `log ${verifier.vkey}`),
    ...WITNESSES.map(({ verifier }, at) => `witness ${['GT', 'HN', 'SV'][at]} ${verifier.vkey}`),
    `group all-three ${quorum} GT HN SV`,
    ...['quorum all-three', ''],
  ].join('\n')
}

/** Proves entries in one tree. `signers`: who signs its checkpoint. */
export function proveAll(
  entries: readonly Entry[],
  signers: readonly NoteSigner[] = [GATEWAY, ...WITNESSES],
  origin = GATEWAY.verifier.name,
): readonly ShownProof[] {
  const bytes = entries.map((entry) => canonicalBytes(entry))
  const text = formatCheckpoint({ origin, size: bytes.length, root: plainRoot(bytes) })
  const checkpoint = signNote(text, signers)
  return bytes.map((extra, index) => ({
    entry: new TextDecoder().decode(extra),
    bundle: formatTlogProof({ index, hashes: plainPath(index, bytes), checkpoint, extra }),
  }))
}

/** Makes what oversight shows to somebody who sees all: a request with its parts, or an entry without parts. */
export function toShown(entries: readonly Entry[], at: number, proofs: readonly ShownProof[]): ShownEntry {
  const entry = entries[at]
  const proof = proofs[at]
  if (entry === undefined || proof === undefined) throw new RangeError(`expected an entry at ${at}`)
  const log = GATEWAY.verifier.name
  const count = entry.kind === 'request' ? entry.continuations : 0
  const parts = entries.slice(at + 1, at + 1 + count) as readonly EntryOf<'continuation'>[]
  const row = rowOf(
    log,
    entry.kind === 'request'
      ? { kind: 'REQUEST', position: at, entry, continuations: parts }
      : entry.kind === 'leg'
        ? { kind: 'LEG', position: at, entry, moreCoordinates: [] }
        : { kind: 'OTHER', position: at, entry },
  )
  const { actorCountry, agency, role, actorRef, client, tokenId, persons: _, ...rest } = row
  const actor = actorRef === null ? null : { country: actorCountry, agency, role, ref: actorRef, client, tokenId }
  return { ...rest, actor, proof: { ...proof, parts: proofs.slice(at + 1, at + 1 + count) } }
}

/** Reads the entry out of a proof. */
export function entryOf({ entry }: ShownProof): Entry {
  return parseEntry(new TextEncoder().encode(entry))
}
