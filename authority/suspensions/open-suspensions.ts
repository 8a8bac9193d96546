/** Opens what is suspended at an authority, from its log and its folder (docs/design/trust.md, Stop). */
import type { Logger } from 'pino'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { readSuspension, type SuspensionStatement } from '../../contract/trust/suspension.ts'
import { type CountedStatement, restoreSuspensions, whatKey } from '../../contract/trust/suspension-state.ts'
import { entryOfAct } from '../../service/suspensions/entry-of-act.ts'
import {
  describeSuspension,
  indexSuspensions,
  type SuspensionIndex,
} from '../../service/suspensions/find-suspension.ts'
import { signersWith } from '../../service/suspensions/suspenders.ts'
import { openSuspensions, type Signers, type Suspensions } from '../../service/suspensions/suspensions.ts'
import type { FindSuspension } from '../doors.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { AuthorityLog } from '../log/authority-log.ts'
import type { AuthoritySettings } from '../settings/settings.ts'
import type { NotedEntry } from '../store/projector.ts'
import { createOfficerRefs } from '../tokens/officer-refs.ts'
import { createToldFeed } from './sign-told.ts'
import { createTold } from './told-statements.ts'

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
