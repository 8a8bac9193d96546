import type { SuspendedKind } from './suspended-kinds.ts'
import type { SuspensionStatement } from './suspension.ts'

/**
 * What statements together suspend (docs/design/trust.md, Stop). Two rules decide: each signer's `seq` grows, so that an old statement cannot
 * be played again; and only who suspended, or the owner of the records, resumes.
 */

/**
 * One statement that counts. `isOwner`: its signer is the owner of the records, such as the country itself. `position`: its place among the
 * statements of the process; places grow and are never used again.
 */
export interface CountedStatement {
  readonly statement: SuspensionStatement
  readonly isOwner: boolean
  readonly position: number
}

/** What was counted so far. */
export interface SuspensionState {
  /** The highest `seq` of each signer. */
  readonly seqs: ReadonlyMap<string, number>
  /** The statements that still matter, in the order in which they were counted: the last one of each signer, action and what. */
  readonly kept: ReadonlyMap<string, CountedStatement>
  /** By what (`whatKey`), then by signer: what is suspended, and by which statement. */
  readonly active: ReadonlyMap<string, ReadonlyMap<string, SuspensionStatement>>
}

/** Nothing was counted yet. */
export const NOTHING_SUSPENDED: SuspensionState = { seqs: new Map(), kept: new Map(), active: new Map() }

/**
 * How many statements one state keeps. More than these are a mistake or an attack: a statement is the act of a person.
 */
export const MAX_KEPT_SUSPENSIONS = 2_000

/**
 * What happened to a statement. `KNOWN`: it was counted before, perhaps with a signature by another key of its signer. `OLD_SEQUENCE`: its signer has said something with a higher or the same number.
 * `NOT_YOURS`: it resumes what neither its signer suspended nor its signer owns. `FULL`: too much is suspended at once.
 */
export type SuspensionVerdict = 'COUNTED' | 'KNOWN' | 'OLD_SEQUENCE' | 'NOT_YOURS' | 'FULL'

/** Returns the key of what a statement names. */
export function whatKey(kind: SuspendedKind, value: string): string {
  return `${kind} ${value}`
}

/** Counts one more statement, whose signature was verified. A refused one changes nothing. */
export function countStatement(
  state: SuspensionState,
  counted: CountedStatement,
): { readonly state: SuspensionState; readonly verdict: SuspensionVerdict } {
  const { claims } = counted.statement
  const { iss, seq, action } = claims
  const last = state.seqs.get(iss)
  if (last !== undefined && seq <= last) {
    const isKnown = [...state.kept.values()].some(({ statement }) => isSame(statement, counted.statement))
    return { state, verdict: isKnown ? 'KNOWN' : 'OLD_SEQUENCE' }
  }
  const what = whatKey(counted.statement.kind, counted.statement.value)
  if (action === 'resume' && !counted.isOwner && !state.active.get(what)?.has(iss)) {
    return { state, verdict: 'NOT_YOURS' }
  }
  const kept = new Map(state.kept)
  const place = `${iss} ${action} ${what}`
  // Again at the end: the order is that of counting.
  kept.delete(place)
  kept.set(place, counted)
  const next = { seqs: new Map(state.seqs).set(iss, seq), kept, active: applyAction(state.active, counted, what) }
  const fitting = dropPast(next)
  return fitting === null ? { state, verdict: 'FULL' } : { state: fitting, verdict: 'COUNTED' }
}

/** Whether two statements say the same to the byte. An authority that rotates its keys signs what it said before with the new key. */
function isSame(one: SuspensionStatement, other: SuspensionStatement): boolean {
  return one.hash === other.hash || (one.claims.iss === other.claims.iss && payloadOf(one) === payloadOf(other))
}

function payloadOf({ text }: SuspensionStatement): string {
  return /\.([^.]*)\./.exec(text)?.[1] ?? text
}

/**
 * Makes the state again from what was kept of it, in its order: after a restart. Nothing is refused, because all of it was counted before.
 * @param seqs the highest `seq` of each signer; those of the statements count too.
 */
export function restoreSuspensions(
  statements: readonly CountedStatement[],
  seqs: ReadonlyMap<string, number>,
): SuspensionState {
  const highest = new Map(seqs)
  const kept = new Map<string, CountedStatement>()
  let active: SuspensionState['active'] = new Map()
  for (const one of statements) {
    const { iss, seq, action } = one.statement.claims
    const what = whatKey(one.statement.kind, one.statement.value)
    highest.set(iss, Math.max(seq, highest.get(iss) ?? 0))
    kept.delete(`${iss} ${action} ${what}`)
    kept.set(`${iss} ${action} ${what}`, one)
    active = applyAction(active, one, what)
  }
  return { seqs: highest, kept, active }
}

function applyAction(
  active: SuspensionState['active'],
  { statement, isOwner }: CountedStatement,
  what: string,
): SuspensionState['active'] {
  const { iss, action } = statement.claims
  const bySigner = new Map(action === 'resume' && isOwner ? [] : active.get(what))
  if (action === 'suspend') bySigner.set(iss, statement)
  else bySigner.delete(iss)
  const next = new Map(active)
  if (bySigner.size === 0) next.delete(what)
  else next.set(what, bySigner)
  return next
}

/**
 * Drops what does not count any more, if the state is too large: suspensions that were resumed, and then the oldest resumes. Returns null if
 * too much is in force. A state without the suspensions that a resume ended does not need the resume.
 */
function dropPast(state: SuspensionState): SuspensionState | null {
  if (state.kept.size <= MAX_KEPT_SUSPENSIONS) return state
  const isInForce = ({ statement }: CountedStatement): boolean =>
    state.active.get(whatKey(statement.kind, statement.value))?.get(statement.claims.iss) === statement
  const lasting = [...state.kept].filter(([, one]) => one.statement.claims.action === 'resume' || isInForce(one))
  let excess = lasting.length - MAX_KEPT_SUSPENSIONS
  const kept = lasting.filter(([, { statement }]) => statement.claims.action === 'suspend' || excess-- <= 0)
  return kept.length > MAX_KEPT_SUSPENSIONS ? null : { ...state, kept: new Map(kept) }
}
