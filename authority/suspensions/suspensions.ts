import { CompactSign } from 'jose'
import type { Logger } from 'pino'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import type { SuspendedKind } from '../../contract/trust/suspended-kinds.ts'
import {
  readSuspension,
  SUSPENSION_TYPE,
  type SuspensionClaims,
  type SuspensionStatement,
} from '../../contract/trust/suspension.ts'
import {
  type CountedStatement,
  MAX_KEPT_SUSPENSIONS,
  restoreSuspensions,
  whatKey,
} from '../../contract/trust/suspension-state.ts'
import { entryOfAct } from '../../service/suspensions/entry-of-act.ts'
import {
  describeSuspension,
  indexSuspensions,
  type SuspensionIndex,
} from '../../service/suspensions/find-suspension.ts'
import { formatFeed } from '../../service/suspensions/format-feed.ts'
import { signersWith } from '../../service/suspensions/suspenders.ts'
import { openSuspensions, type Signers, type Suspensions } from '../../service/suspensions/suspensions.ts'
import type { FindSuspension } from '../doors.ts'
import { type KeyRing, SIGNING_ALGORITHM } from '../keys/signing-keys.ts'
import type { AuthorityLog } from '../log/authority-log.ts'
import type { AuthoritySettings } from '../settings/settings.ts'
import type { NotedEntry } from '../store/projector.ts'
import { createOfficerRefs } from '../tokens/officer.ts'

/** Opens what is suspended at an authority, from its log and its folder (docs/design/trust.md, Stop). */

/** How many things may be suspended at an authority at once. Those who follow it keep twice as many, so that revoked mandates fit too. */
const MAX_SUSPENDED = 1_000

/** What is suspended at an authority, and what it tells others. */
export interface AuthoritySuspensions {
  readonly find: FindSuspension
  /** Returns the body of `GET /suspensions`; null while each signing key is suspended. */
  readonly feed: (after: number) => Promise<string | null>
  /** Takes entries that are durable, whoever wrote them. */
  readonly note: (entries: readonly NotedEntry[]) => void
  readonly close: () => Promise<void>
}

/** What {@link openAuthoritySuspensions} works with. */
export interface AuthoritySuspensionsOptions {
  readonly settings: Pick<AuthoritySettings, 'issuer' | 'country' | 'suspensions' | 'suspenders' | 'mandates'>
  readonly authorityLog: AuthorityLog
  readonly keys: KeyRing
  readonly log: Logger
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Opens the suspensions: what the log says is suspended, with or without a folder. With a folder, the authority takes what is delivered there.
 * @throws {FolderInUseError} if another process has the folder.
 * @throws {Error} if the content store lacks a statement that is in force.
 */
export async function openAuthoritySuspensions(options: AuthoritySuspensionsOptions): Promise<AuthoritySuspensions> {
  const { settings, keys, log, now } = options
  const told = createTold({ issuer: settings.issuer, country: settings.country, isNameOf: createNaming(options) })
  const noting = createNoting(told.take)
  const { acts, id } = await readLog(options, told.take)
  const recorded = await readStatements(acts, options)
  const feed = createToldFeed({ told, keys, id, now })
  const { find, close } =
    settings.suspensions === undefined
      ? {
          find: indexSuspensions(restoreSuspensions(recorded.statements, recorded.seqs)).find,
          close: async () => undefined,
        }
      : await openFolder(settings.suspensions, { ...options, acts, recorded })
  if (settings.suspensions !== undefined && settings.suspenders.length === 0)
    log.warn('the settings name no `suspenders`, so only the authority’s own keys can suspend anything')
  let isWarned = false
  return {
    find,
    close,
    note: noting.note,
    feed(after) {
      noting.drain()
      if (told.isFull() && !isWarned) log.error('more is suspended or revoked than nodes and gateways keep')
      isWarned = told.isFull()
      return feed(after)
    },
  }
}

/**
 * Gives entries on in the order of the log. Entries of one commit are noted by several writers one after another, before anything else happens: so they
 * are given on a moment later, or when somebody asks.
 */
function createNoting(take: (entry: Entry) => void) {
  let waiting: NotedEntry[] = []
  const drain = (): void => {
    const inOrder = waiting.sort((one, other) => one.index - other.index)
    waiting = []
    for (const { entry } of inOrder) take(entry)
  }
  return {
    drain,
    note(entries: readonly NotedEntry[]): void {
      if (waiting.length === 0) setImmediate(drain)
      waiting.push(...entries)
    },
  }
}

/** Says whether an officer of a ref is known to somebody under a name. */
function createNaming({ settings, authorityLog }: AuthoritySuspensionsOptions) {
  const refs = createOfficerRefs(authorityLog.refKeys)
  const countries = Object.keys(settings.mandates.witnesses)
  return (name: string, ref: string): boolean =>
    name === ref || countries.some((country) => refs.subjectsFor(country, ref).includes(name))
}

/** An act, as its entry has it. */
interface Act {
  readonly index: number
  readonly place: string
  readonly by: string
  readonly seq: number
  /** SHA-256 of the statement, in hexadecimal digits. */
  readonly statement: string
}

async function readLog({ authorityLog }: AuthoritySuspensionsOptions, take: (entry: Entry) => void) {
  const acts: Act[] = []
  let id = ''
  for await (const { index, entry } of authorityLog.followed.read(0)) {
    if (index === 0) id = entry?.id ?? ''
    if (entry === null) continue
    take(entry)
    if (entry.kind !== 'authority-suspension') continue
    const { action, what, by, seq, statement } = entry
    acts.push({ index, place: `${by} ${action} ${whatKey(what.kind, what.value)}`, by, seq, statement })
  }
  return { acts, id }
}

type Recorded = { readonly statements: readonly CountedStatement[]; readonly seqs: ReadonlyMap<string, number> }

/** Reads the statements that still matter from the content store: the last one of each signer, action and what. */
async function readStatements(
  acts: readonly Act[],
  { authorityLog, settings }: AuthoritySuspensionsOptions,
): Promise<Recorded> {
  const last = new Map<string, Act>()
  const seqs = new Map<string, number>()
  for (const act of acts) {
    last.delete(act.place)
    last.set(act.place, act)
    seqs.set(act.by, Math.max(act.seq, seqs.get(act.by) ?? 0))
  }
  const statements: CountedStatement[] = []
  for (const { index, by, statement } of last.values()) {
    const text = await authorityLog.readKept(statement)
    if (text === undefined) {
      throw new Error(
        `expected the statement ${statement} in the content store of the audit log; it is not there. Restore the folder «kept» ` +
          'from a copy. Without it, this authority would forget what was suspended.',
      )
    }
    statements.push({ statement: readSuspension(text), isOwner: by === settings.country, position: index + 1 })
  }
  return { statements, seqs }
}

interface FolderParts extends AuthoritySuspensionsOptions {
  readonly acts: readonly Act[]
  readonly recorded: Recorded
}

async function openFolder(folder: string, parts: FolderParts): Promise<Pick<AuthoritySuspensions, 'find' | 'close'>> {
  const { authorityLog, acts, recorded, log, settings } = parts
  const { recorder, origin } = authorityLog
  const known = new Set(acts.map(({ statement }) => statement))
  const holding = createHolding()
  const record = async (statement: SuspensionStatement): Promise<void> => {
    const act = { action: statement.claims.action, ...describeSuspension(statement) }
    const entry = { ...recorder.newBase(), origin, kind: 'authority-suspension', ...entryOfAct(act, null) } as const
    if (known.has(entry.statement)) return
    // From now on: a token whose entry comes after that of the suspension must not leave.
    holding.hold(statement)
    try {
      await recorder.keep(statement.text)
      await recorder.append([entry])
    } catch (error) {
      holding.release(statement)
      throw error
    }
    known.add(entry.statement)
  }
  let own: Suspensions | undefined
  const reject = (statement: SuspensionStatement): string | null => rejectForeign(statement, settings, own)
  own = await openSuspensions({ folder, signers: createSigners(parts), log, recorded, record, reject })
  const { find, list, onChange, close } = own
  onChange(() => holding.releaseInForce(new Set(list().map((one) => one.statement))))
  return { find: (subject) => find(subject) ?? holding.find(subject), close }
}

/** Holds what is being suspended, from before its entry is written until it is in effect. */
function createHolding() {
  const held = new Map<string, SuspensionStatement>()
  let index: SuspensionIndex | null = null
  const renew = (): void => {
    const statements = [...held.values()].map((statement) => ({ statement, isOwner: false, position: 1 }))
    index = statements.length === 0 ? null : indexSuspensions(restoreSuspensions(statements, new Map()))
  }
  return {
    find: ((subject) => index?.find(subject) ?? null) satisfies FindSuspension,
    hold(statement: SuspensionStatement) {
      if (statement.claims.action === 'suspend') held.set(statement.hash, statement)
      renew()
    },
    release({ hash }: SuspensionStatement) {
      held.delete(hash)
      renew()
    },
    /** Releases what is in effect. What could not be written down completely stays held until the next try. */
    releaseInForce(hashes: ReadonlySet<string>) {
      for (const hash of held.keys()) if (hashes.has(hash)) held.delete(hash)
      renew()
    },
  }
}

/** The country owns what is suspended here. Its suspenders and the authority's own keys end only what they suspended themselves. */
function createSigners({ settings, keys }: AuthoritySuspensionsOptions): Signers {
  const { issuer, country } = settings
  const suspenders = settings.suspenders.map((one) => ({ ...one, isOwner: one.name === country }))
  return async (name, kid) => {
    const own = name === issuer ? await signersWith(issuer, keys.find(kid)?.publicKey ?? null) : []
    return [...suspenders, ...own.map((one) => ({ ...one, isOwner: false }))]
  }
}

/** Says why a statement would stop nothing at this authority, although its signer believes that it does. */
function rejectForeign(
  { kind, value, claims }: SuspensionStatement,
  { issuer, country }: AuthoritySuspensionsOptions['settings'],
  own: Suspensions | undefined,
): string | null {
  if (kind === 'domain' || kind === 'coordinate')
    return 'expected what an authority decides about; suspend this at a node'
  if (kind === 'authority' && value !== issuer)
    return 'expected this authority; suspend another one at a node or a gateway'
  if (kind === 'country' && (!isCountryCode(value) || value === country))
    return 'expected a country that is asked; to stop all officers of this authority, suspend the authority'
  const isFull = claims.action === 'suspend' && (own?.list().length ?? 0) >= MAX_SUSPENDED
  return isFull ? `expected at most ${MAX_SUSPENDED} suspensions at once; resume some` : null
}

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

/** More statements than fit into one answer of the feed: each has at least 300 characters. */
const MAX_SIGNED = 700

/** What {@link createToldFeed} works with. */
export interface ToldFeedOptions {
  readonly told: Told
  readonly keys: Pick<KeyRing, 'signer'>
  /** Names the list. It changes if the log is begun anew. */
  readonly id: string
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Creates the function that writes the body of an authority's `GET /suspensions`. Each statement is signed with the key that signs tokens now,
 * which partners pin: after a rotation, the same statements with the same numbers have a signature of the new key. Resolves to null while no key may
 * sign.
 */
export function createToldFeed({ told, keys, id, now }: ToldFeedOptions): (after: number) => Promise<string | null> {
  let signed = new Map<number, string>()
  let signedBy = ''
  return async (after) => {
    const key = keys.signer()
    if (key === null) return null
    if (key.kid !== signedBy) signed = new Map()
    signedBy = key.kid
    const texts = signed
    const sign = async ({ claims }: ToldStatement): Promise<string> => {
      const text = texts.get(claims.seq) ?? (await signStatement(claims, key))
      texts.set(claims.seq, text)
      return text
    }
    const last = told.last()
    const all = told.statements()
    if (texts.size > 2 * all.length + MAX_SIGNED) texts.clear()
    const wanted = all.filter(({ claims: { seq } }) => seq > after)
    const given = wanted.slice(0, MAX_SIGNED)
    const statements = await Promise.all(
      given.map(async (one) => ({ position: one.claims.seq, statement: { text: await sign(one) } })),
    )
    const end = given.length < wanted.length ? (given.at(-1)?.claims.seq ?? last) : last
    return formatFeed(statements, { after, last: end, id, nowMs: now() })
  }
}

function signStatement(
  claims: ToldStatement['claims'],
  { kid, privateKey }: NonNullable<ReturnType<KeyRing['signer']>>,
): Promise<SuspensionStatement['text']> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: SUSPENSION_TYPE, kid })
    .sign(privateKey)
}
