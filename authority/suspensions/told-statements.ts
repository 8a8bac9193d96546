import type { Entry } from '../../contract/audit-log/entry.ts'
import type { SuspendedKind } from '../../contract/trust/suspended-kinds.ts'
import type { SuspensionClaims } from '../../contract/trust/suspension.ts'
import { MAX_KEPT_SUSPENSIONS, whatKey } from '../../contract/trust/suspension-state.ts'

/**
 * What an authority tells those who believe its tokens: which of its mandates were revoked, and what was suspended at it (docs/design/trust.md,
 * Stop). It is made from the entries of the log, so a restart tells the same, with the same numbers. The same entries always make the same statements.
 */

/** A statement that the authority says, without the signature. Its `seq` is also its position in the feed. */
export interface ToldStatement {
  readonly claims: SuspensionClaims
}

/** What {@link createTold} works with. */
export interface ToldOptions {
  /** The authority's name, which signs, and its country, which ends what others suspended. */
  readonly issuer: string
  readonly country: string
  /** Whether an officer of a ref is known under a name: the ref itself, or the subject that a country sees. */
  readonly isNameOf: (name: string, ref: string) => boolean
}

/** What the authority tells. */
export interface Told {
  /** Takes the next entry. Entries must come in the order of the log. */
  readonly take: (entry: Entry) => void
  /** Returns the statements that matter, in their order. */
  readonly statements: () => readonly ToldStatement[]
  /** The highest `seq` of all statements so far; 0 if there was none. */
  readonly last: () => number
  /** Whether more is suspended than those who follow the authority keep. The newest is then told, and not counted by them. */
  readonly isFull: () => boolean
}

/** The longest time from a mandate's revocation to the end of its last day, in milliseconds: 180 days, and a day for its time zone and clocks. */
const LONGEST_MANDATE_MS = 182 * 86_400_000

/** How much longer than a token it is told that the token is suspended, in milliseconds: as much as clocks may differ. */
const CLOCK_TOLERANCE_MS = 30_000

/** The kinds that those who follow the authority look up by the same name. An officer has another name in each country: his tokens are told. */
const TOLD_AS_THEY_ARE: ReadonlySet<SuspendedKind> = new Set([
  'agency',
  'authority',
  'task_force',
  'token',
  'key',
  'mandate',
])

interface Grant {
  readonly officer: string
  readonly endsMs: number
}

/** Something that is told as suspended: why, by cause, and until when each cause matters. */
interface Suspended {
  readonly kind: SuspendedKind
  readonly value: string
  readonly causes: Map<string, number>
}

interface State {
  /** Access tokens that may still live, by `jti`. */
  readonly grants: Map<string, Grant>
  readonly approved: Set<string>
  /** Who suspends what at the authority. */
  readonly suspenders: Map<string, ReadonlySet<string>>
  readonly suspended: Map<string, Suspended>
  /** The last statement of each action and what. */
  readonly kept: Map<string, ToldStatement>
  last: number
}

/** Creates what an authority tells, before its first entry. */
export function createTold(options: ToldOptions): Told {
  const state: State = {
    grants: new Map(),
    approved: new Set(),
    suspenders: new Map(),
    suspended: new Map(),
    kept: new Map(),
    last: 0,
  }
  return {
    statements: () => [...state.kept.values()],
    last: () => state.last,
    isFull: () => state.suspended.size > MAX_KEPT_SUSPENSIONS,
    take(entry) {
      if (entry.kind === 'access-token') takeGrant(state, entry)
      else if (entry.kind === 'mandate') state.approved.add(entry.mandate)
      else if (entry.kind === 'mandate-revocation') takeRevocation(state, entry, options)
      else if (entry.kind === 'authority-suspension') takeAct(state, entry, options)
    },
  }
}

type EntryOfKind<Kind extends Entry['kind']> = Extract<Entry, { readonly kind: Kind }>

function takeGrant({ grants }: State, { tokenId, officer, expires, time }: EntryOfKind<'access-token'>): void {
  const nowMs = Date.parse(time)
  for (const [id, { endsMs }] of grants) {
    if (endsMs > nowMs) break
    grants.delete(id)
  }
  grants.set(tokenId, { officer, endsMs: Date.parse(expires) + CLOCK_TOLERANCE_MS })
}

/** A draft that is withdrawn was never believed by anybody, so nothing is told. */
function takeRevocation(
  state: State,
  { mandate, time }: EntryOfKind<'mandate-revocation'>,
  { issuer }: ToldOptions,
): void {
  if (!state.approved.has(mandate)) return
  const timeMs = Date.parse(time)
  const teller = createTeller(state, { issuer, timeMs })
  teller.endPast()
  teller.suspend('mandate', mandate, { name: 'revocation', untilMs: timeMs + LONGEST_MANDATE_MS }, 'It was revoked.')
}

function takeAct(
  state: State,
  { action, what: { kind, value }, by, reason, time }: EntryOfKind<'authority-suspension'>,
  { issuer, country, isNameOf }: ToldOptions,
): void {
  const key = whatKey(kind, value)
  const before = state.suspenders.get(key) ?? new Set()
  const after = new Set(action === 'RESUMED' && by === country ? [] : before)
  if (action === 'SUSPENDED') after.add(by)
  else after.delete(by)
  state.suspenders.set(key, after)
  if (after.size === 0) state.suspenders.delete(key)
  const timeMs = Date.parse(time)
  const teller = createTeller(state, { issuer, timeMs })
  teller.endPast()
  if (before.size === 0 && after.size > 0) {
    if (TOLD_AS_THEY_ARE.has(kind)) {
      teller.suspend(kind, value, { name: key, untilMs: Number.POSITIVE_INFINITY }, reason)
    } else if (kind === 'officer') {
      for (const [id, { officer, endsMs }] of state.grants) {
        const isTheirs = endsMs > timeMs && isNameOf(value, officer)
        if (isTheirs) teller.suspend('token', id, { name: key, untilMs: endsMs }, reason)
      }
    }
  } else if (before.size > 0 && after.size === 0) teller.resumeAll(key, reason)
}

/** Says what one entry changes. */
function createTeller(state: State, { issuer, timeMs }: { readonly issuer: string; readonly timeMs: number }) {
  const { suspended } = state
  const say = (action: SuspensionClaims['action'], { kind, value }: Suspended, reason: string): void => {
    // The time, so that the numbers also grow if the log was lost and begun anew; and more than the last one, whatever the clock says.
    const seq = Math.max(state.last + 1, timeMs)
    state.last = seq
    const what = { [kind]: value } as unknown as SuspensionClaims['what']
    const claims = { iss: issuer, seq, iat: Math.floor(timeMs / 1_000), action, what, reason }
    const place = `${action} ${whatKey(kind, value)}`
    // Again at the end: the order is that of the numbers.
    state.kept.delete(place)
    state.kept.set(place, { claims })
    dropPast(state)
  }
  const endCauses = (isEnded: (name: string, untilMs: number) => boolean, reason: string): void => {
    for (const [key, what] of suspended) {
      for (const [name, untilMs] of what.causes) if (isEnded(name, untilMs)) what.causes.delete(name)
      if (what.causes.size > 0) continue
      suspended.delete(key)
      say('resume', what, reason)
    }
  }
  return {
    suspend(
      kind: SuspendedKind,
      value: string,
      cause: { readonly name: string; readonly untilMs: number },
      reason: string,
    ) {
      const key = whatKey(kind, value)
      const known = suspended.get(key)
      const what = known ?? { kind, value, causes: new Map<string, number>() }
      what.causes.set(cause.name, cause.untilMs)
      suspended.set(key, what)
      if (known === undefined) say('suspend', what, reason)
    },
    resumeAll: (cause: string, reason: string) => endCauses((name) => name === cause, reason),
    /** Ends what has ended by itself, so that nobody keeps it for ever. Only entries end it, because only they have the same time at each start. */
    endPast: () => endCauses((_, untilMs) => untilMs < timeMs, 'It has ended by itself.'),
  }
}

/** Drops suspensions that were resumed, and then the oldest resumes, if there is more than those who follow the authority keep. */
function dropPast({ kept, suspended }: State): void {
  if (kept.size <= MAX_KEPT_SUSPENSIONS) return
  const isInForce = ({ claims: { action, what } }: ToldStatement): boolean => {
    const [[kind, value] = []] = Object.entries(what)
    return action === 'suspend' && suspended.has(whatKey(kind as SuspendedKind, value as string))
  }
  for (const [place, told] of kept) if (told.claims.action === 'suspend' && !isInForce(told)) kept.delete(place)
  for (const [place, told] of kept) {
    if (kept.size <= MAX_KEPT_SUSPENSIONS) return
    if (told.claims.action === 'resume') kept.delete(place)
  }
}
