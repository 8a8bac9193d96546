import { canonicalBytes } from '../../../audit/log/canonical.ts'
import { type Entry, type EntryOf, parseEntry } from '../../../contract/audit-log/entry.ts'
import { describeEntry, type EntryWords } from '../../../contract/audit-log/words.ts'
import type { Language } from '../../../contract/language.ts'
import { type CheckedBundle, checkBundle, type Fault, type FaultKind, fault, type ProvenState } from './check-bundle.ts'
import { findDifferences } from './compare-shown.ts'
import type { ShownEntry, ShownProof } from './shown-entry.ts'
import type { Trust } from './trust.ts'

/**
 * Checks in the browser that an entry which oversight shows is in its log, that witnesses saw it there, and that oversight shows what it says. The
 * words on the page are made from the proved bytes, and not from oversight's own words.
 */

/**
 * `PROVEN`: the entry is in the log, a quorum of witnesses saw it, and what is shown is what it says. `UNWITNESSED`: the same without the quorum.
 * `NOT_PROVEN`: something is wrong, or there is nothing to check it by.
 */
export type EntryVerdict = 'PROVEN' | 'UNWITNESSED' | 'NOT_PROVEN'

/** The result of {@link verifyEntry}. */
export interface VerifiedEntry {
  readonly verdict: EntryVerdict
  /** What is wrong; empty if the entry is proved. */
  readonly faults: readonly Fault[]
  /** The place of the entry in its log; null if the proof could not be read. */
  readonly index: number | null
  /** The state of the log that proves it; null if its signatures do not hold. */
  readonly state: ProvenState | null
  /** The proved entry; null if it is not proved, or of a later version than this program knows. */
  readonly entry: Entry | null
  readonly parts: readonly EntryOf<'continuation'>[]
}

/** What {@link verifyEntry} needs besides the entry. */
export interface EntryCheck {
  readonly trust: Trust
  /** The country whose entries the auditor sees; null for all. */
  readonly viewerCountry: string | null
  /** The codes with which oversight said that it gives no proof; empty if it did not say. */
  readonly errorCodes: readonly string[]
  /** Milliseconds since 1970. */
  readonly nowMs: number
}

/** Verifies an entry that oversight shows. Never throws. */
export function verifyEntry(shown: ShownEntry, check: EntryCheck): VerifiedEntry {
  const { proof, log, position } = shown
  if (proof === null) return toVerified([fault(missingProof(check), 'a proof', 'none')], NOTHING_PROVEN)
  const { trust, nowMs } = check
  const whole = checkBundle(proof, { trust, nowMs, log, position })
  if (!holds(whole)) return toVerified(whole.faults, whole)
  const entry = readEntry(proof)
  if (!('kind' in entry)) return toVerified([...whole.faults, entry.fault], whole)
  const checkedParts = proof.parts.map((part) => checkPart(part, entry, shown, check))
  const partFaults = checkedParts.flatMap(({ faults }) => faults)
  const parts = checkedParts.flatMap(({ part }) => (part === null ? [] : [part]))
  const missing = findMissingParts(entry, parts, check.viewerCountry)
  const differing =
    partFaults.length + missing.length > 0 ? [] : findDifferences(shown, entry, parts, check.viewerCountry)
  return toVerified([...whole.faults, ...partFaults, ...missing, ...differing], whole, entry, parts)
}

/** Describes a proved entry in words; null if there is nothing that is proved. */
export function describeProven({ entry, parts, verdict }: VerifiedEntry, language: Language): EntryWords | null {
  return entry === null || verdict === 'NOT_PROVEN' ? null : describeEntry(entry, language, parts)
}

/** Tells why there is no proof. */
function missingProof({ errorCodes }: EntryCheck): FaultKind {
  if (errorCodes.includes('AUDIT_LOG_DAMAGED')) return 'LOG_DAMAGED'
  return errorCodes.includes('AUDIT_LOG_AWAY') ? 'LOG_AWAY' : 'NO_PROOF'
}

/** Whether a proof holds, apart from witnesses that are missing. */
function holds({ faults }: CheckedBundle): boolean {
  return faults.every(({ kind }) => kind === 'WITNESS_MISSING')
}

/** Where nothing is proved. */
const NOTHING_PROVEN = { index: null, state: null } as const

function toVerified(
  faults: readonly Fault[],
  { index, state }: Pick<CheckedBundle, 'index' | 'state'>,
  entry: Entry | null = null,
  parts: readonly EntryOf<'continuation'>[] = [],
): VerifiedEntry {
  const isProven = entry !== null && faults.every(({ kind }) => kind === 'WITNESS_MISSING')
  const verdict = faults.length === 0 && isProven ? 'PROVEN' : isProven ? 'UNWITNESSED' : 'NOT_PROVEN'
  return { verdict, faults, index, state, entry: isProven ? entry : null, parts: isProven ? parts : [] }
}

/** Reads the entry, whose bytes are proved. Its text must be the one canonical form: two readers could read another one differently. */
function readEntry({ entry: text }: ShownProof): Entry | { readonly fault: Fault } {
  try {
    const bytes = new TextEncoder().encode(text)
    const entry = parseEntry(bytes)
    const canonical = new TextDecoder().decode(canonicalBytes(JSON.parse(text)))
    return canonical === text ? entry : { fault: fault('MALFORMED', 'the canonical form of an entry', 'another form') }
  } catch (error) {
    return { fault: fault('MALFORMED', 'an entry that this version knows', (error as Error).message) }
  }
}

interface CheckedPart {
  readonly faults: readonly Fault[]
  readonly part: EntryOf<'continuation'> | null
}

/** Checks a part: it is in the same log, directly behind its request, and names it. */
function checkPart(proof: ShownProof, entry: Entry, shown: ShownEntry, { trust, nowMs }: EntryCheck): CheckedPart {
  const checked = checkBundle(proof, { trust, nowMs, log: shown.log, position: null })
  // The witnesses of the request are those of its parts.
  if (!holds(checked)) return { faults: checked.faults, part: null }
  const part = readEntry(proof)
  if (!('kind' in part)) return { faults: [part.fault], part: null }
  const count = entry.kind === 'request' ? entry.continuations : 0
  const place = (checked.index ?? -1) - shown.position
  const isOwn = part.kind === 'continuation' && part.of === entry.id && place >= 1 && place <= count
  if (isOwn) return { faults: [], part }
  const came = part.kind === 'continuation' ? `a part of ${part.of} at ${checked.index}` : `a ${part.kind}`
  return { faults: [fault('PART_WRONG', `a part of ${entry.id}`, came)], part: null }
}

/** Reports parts that are missing or twice. Whoever sees one country gets only the parts of it, and cannot count the others. */
function findMissingParts(
  entry: Entry,
  parts: readonly EntryOf<'continuation'>[],
  viewerCountry: string | null,
): readonly Fault[] {
  if (entry.kind !== 'request' || entry.v !== 2) return []
  const numbers = new Set(parts.map(({ part }) => part))
  if (numbers.size !== parts.length) return [fault('PART_WRONG', 'each part once', 'a part twice')]
  if (viewerCountry !== null || parts.length === entry.continuations) return []
  return [fault('PART_WRONG', `${entry.continuations} parts`, String(parts.length))]
}
