import { formatBase64 } from '../../../audit/note/base64.ts'
import { type CheckedCheckpoint, checkCheckpoint, type Policy } from '../../../audit/note/policy.ts'
import { parseTlogProof, provesEntry, type TlogProof } from '../../../audit/note/tlog-proof.ts'
import type { ShownProof } from './shown-entry.ts'
import { listTrustedLogs, policiesFor, type Trust } from './trust.ts'

/**
 * Checks one proof (C2SP tlog-proof) in the browser, with the code of `istmo audit check` for trees, notes and trust policies. It says which of the
 * steps failed, because a person asks another question after each of them.
 */

/** What failed. Each kind is one sentence on the page (words-*.ts, `faults`). */
export type FaultKind =
  /** No trust policy is chosen, so nothing can be checked. */
  | 'NO_POLICY'
  /** Oversight gives no proof of this entry. */
  | 'NO_PROOF'
  /** Oversight cannot read the log now. */
  | 'LOG_AWAY'
  /** Oversight found that the log does not add up where the entry is. */
  | 'LOG_DAMAGED'
  /** The proof does not have the form of one. */
  | 'MALFORMED'
  /** The entry that is shown is not the one in the proof. */
  | 'ENTRY_CHANGED'
  /** The proof is of another log than the one that is shown, or of one that no trust policy names. */
  | 'OTHER_LOG'
  /** The proof is of another place in the log. */
  | 'OTHER_PLACE'
  /** A signature under the log's state is missing or not valid. */
  | 'SIGNATURE_WRONG'
  /** The tree that was signed does not have the entry at this place. */
  | 'NOT_IN_LOG'
  /** Fewer witnesses cosigned than the trust policy demands. */
  | 'WITNESS_MISSING'
  /** A member that oversight shows differs from the entry. */
  | 'SHOWN_DIFFERS'
  /** A part of the request is missing, or is not of this request. */
  | 'PART_WRONG'

/** One thing that is wrong: what was expected, and what came. */
export interface Fault {
  readonly kind: FaultKind
  readonly expected: string
  readonly came: string
}

/** A witness of the trust policy, with the time of its cosignature (RFC 3339); null if it has not cosigned. */
export interface WitnessState {
  readonly name: string
  readonly time: string | null
}

/** The state of a log that a proof leads to. */
export interface ProvenState {
  readonly origin: string
  /** How many entries the log had. */
  readonly size: number
  /** The root of its tree, in Base 64. */
  readonly root: string
  /** The signed checkpoint, as a note. */
  readonly checkpoint: string
  readonly witnesses: readonly WitnessState[]
  /** False if the trust policy demands no witnesses, so that only the log's owner answers for it. */
  readonly demandsWitnesses: boolean
}

/** The check of one proof. The entry is proved if `faults` is empty. */
export interface CheckedBundle {
  readonly faults: readonly Fault[]
  /** The place of the entry in its log; null if the proof could not be read. */
  readonly index: number | null
  /** Null if the signatures do not hold. */
  readonly state: ProvenState | null
}

/** What {@link checkBundle} needs besides the proof. */
export interface BundleCheck {
  readonly trust: Trust
  /** The log and the place that the entry is shown with. `position` null: any place. */
  readonly log: string
  readonly position: number | null
  /** Milliseconds since 1970. */
  readonly nowMs: number
}

/** Checks a proof and the entry that is shown with it. Never throws. */
export function checkBundle(
  { entry, bundle }: ShownProof,
  { trust, log, position, nowMs }: BundleCheck,
): CheckedBundle {
  if (trust.policies.length === 0) return failed(null, fault('NO_POLICY', 'a trust policy', 'none'))
  let proof: TlogProof
  try {
    proof = parseTlogProof(bundle)
  } catch (error) {
    return failed(null, fault('MALFORMED', 'a C2SP tlog-proof', (error as Error).message))
  }
  const { index, extra, checkpoint } = proof
  const bytes = new TextEncoder().encode(entry)
  if (extra === undefined || !isSame(bytes, extra)) {
    return failed(index, fault('ENTRY_CHANGED', 'the entry of the proof', extra === undefined ? 'none' : 'another'))
  }
  const [origin = ''] = checkpoint.split('\n', 1)
  if (origin !== log) return failed(index, fault('OTHER_LOG', log, origin))
  const policies = policiesFor(origin, trust)
  if (policies.length === 0) return failed(index, fault('OTHER_LOG', listTrustedLogs(trust).join(', '), origin))
  const results = policies.map((policy) => checkUnder(policy, { proof, bytes, position, nowMs }))
  const best = results.toSorted((one, other) => one.faults.length - other.faults.length)[0]
  return best ?? failed(index, fault('NO_POLICY', 'a trust policy', 'none'))
}

interface UnderPolicy {
  readonly proof: TlogProof
  readonly bytes: Uint8Array
  readonly position: number | null
  readonly nowMs: number
}

function checkUnder(policy: Policy, { proof, bytes, position, nowMs }: UnderPolicy): CheckedBundle {
  const { index } = proof
  let checked: CheckedCheckpoint
  try {
    checked = checkCheckpoint(proof.checkpoint, policy, nowMs)
  } catch (error) {
    return failed(
      index,
      fault('SIGNATURE_WRONG', 'the signatures of the log and its witnesses', (error as Error).message),
    )
  }
  const state = toState(policy, checked, proof.checkpoint)
  const faults: Fault[] = []
  if (!provesEntry(bytes, proof, checked.checkpoint)) {
    faults.push(
      fault('NOT_IN_LOG', `entry ${index} in the tree ${state.root}`, 'an entry or a path that does not lead to it'),
    )
  }
  if (position !== null && position !== index) faults.push(fault('OTHER_PLACE', String(position), String(index)))
  if (!checked.isInQuorum) {
    const missing = state.witnesses.filter(({ time }) => time === null).map(({ name }) => name)
    const there = state.witnesses.filter(({ time }) => time !== null).map(({ name }) => name)
    faults.push(fault('WITNESS_MISSING', `${policy.quorum} (${missing.join(', ')})`, there.join(', ') || 'none'))
  }
  return { faults, index, state }
}

function toState(policy: Policy, { checkpoint, cosignatures }: CheckedCheckpoint, note: string): ProvenState {
  const times = new Map(cosignatures.map(({ witness, time }) => [witness.name, new Date(time * 1_000).toISOString()]))
  return {
    origin: checkpoint.origin,
    size: checkpoint.size,
    root: formatBase64(checkpoint.root),
    checkpoint: note,
    witnesses: policy.witnesses.map(({ name }) => ({ name, time: times.get(name) ?? null })),
    demandsWitnesses: policy.quorum !== 'none',
  }
}

/** Makes a fault. */
export function fault(kind: FaultKind, expected: string, came: string): Fault {
  return { kind, expected, came }
}

function failed(index: number | null, one: Fault): CheckedBundle {
  return { faults: [one], index, state: null }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at])
}
