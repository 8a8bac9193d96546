/** The owner's side of an inbox: writes the entries that commands of operators ask for into the log that this process owns. */
import { join } from 'node:path'
import type { Logger } from 'pino'
import {
  answerRequest,
  type FoundRequest,
  findAppended,
  listRequests,
  makeInbox,
  RequestRejected,
  readRequest,
  rejectRequest,
} from '../../audit/inbox/inbox-folder.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import type { Log } from '../../audit/log/log.ts'
import { formatTlogProof } from '../../audit/note/tlog-proof.ts'
import type { FoundSalt, NewSalt } from '../../audit/salts/slot.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { type Entry, parseEntry } from '../../contract/audit-log/entry.ts'
import {
  type KeysRequest,
  makeErasureEntry,
  makeOperatorEntry,
  type OperatorRequest,
  parseOperatorRequest,
} from '../../contract/audit-log/operator-request.ts'
import { uuidV7Time } from '../../contract/uuid-v7.ts'
import { errorCode } from '../describe-error.ts'
import { lookRegularly } from './regular-work.ts'

/** How often the owner looks into the inbox, in milliseconds. */
const LOOK_EVERY_MS = 250

/** How many requests one look takes at most, so that a full inbox does not hold up the answers. */
const MAX_PER_LOOK = 50

/** How old the id of a request may be, in milliseconds. Searching for an older one would read too much of the log. */
export const MAX_REQUEST_AGE_MS = 7 * 24 * 3_600_000
/** How far in the future it may be, in milliseconds. */
const MAX_AHEAD_MS = 60_000

/** How many entries that were asked for this process remembers, for somebody who asks again with the same id. */
const MAX_REMEMBERED = 1_000

/** An entry that is on the disk. */
interface WrittenEntry {
  readonly bytes: Uint8Array
  readonly receipt: { readonly index: number }
}

/** What an inbox works with. */
export interface InboxOptions {
  /** The home of the audit log: the inbox is `inbox` in it, and the log is `log`. */
  readonly home: string
  readonly entries: Pick<Log, 'origin' | 'publish' | 'published' | 'inclusion'>
  /** Writes entries. Rejects if the log cannot be written. */
  readonly append: (entries: readonly Entry[], salts: readonly NewSalt[]) => Promise<readonly WrittenEntry[]>
  /** The erasable salts; null if the log has none. */
  readonly salts: {
    readonly find: (id: string) => Promise<FoundSalt>
    readonly erase: (id: string) => Promise<boolean>
  } | null
  /** Goes on with the keys of the key file; null if this process cannot. */
  readonly takeKeys: ((request: KeysRequest) => Promise<void>) | null
  readonly log: Pick<Logger, 'warn'>
  /** Returns the time in milliseconds since the epoch. */
  readonly now: () => number
  readonly lookEveryMs?: number
}

/** Begins to look into an inbox. A request that was carried out before a crash is recognised, and is not carried out again. */
export function openInbox(options: InboxOptions) {
  const carried = new Map<string, CarriedOut>()
  const startedMs = options.now()
  const { run, close } = lookRegularly({
    look: () => lookOnce(options, carried, startedMs),
    everyMs: options.lookEveryMs ?? LOOK_EVERY_MS,
    onFailure: (error) =>
      options.log.warn({ code: errorCode(error) }, 'could not carry out what is in the inbox; the next try follows'),
  })
  return {
    /** Looks into the inbox now. Resolves when each request that was there is carried out, rejected, or left for the next look. */
    look: run,
    /** Finishes the present look, and stops. */
    close,
  }
}

/** An entry that this process has written, or has found in the log. */
interface CarriedOut {
  readonly index: number
  readonly bytes: Uint8Array
}

async function lookOnce(options: InboxOptions, carried: Map<string, CarriedOut>, startedMs: number): Promise<void> {
  const { home, log, now } = options
  const inbox = inboxBelow(home)
  await makeInbox(inbox)
  const { requests, strays } = await listRequests(inbox, MAX_PER_LOOK, now())
  for (const name of strays) await rejectRequest(inbox, name, 'expected a name of the form <UUIDv7>.json; came another')
  // An earlier process may have carried out a request with an id from before this one, or from a clock that was ahead.
  const mayBeEarlier = ({ id }: FoundRequest): boolean => (uuidV7Time(id) ?? 0) <= startedMs + MAX_AHEAD_MS
  await findCarriedOut(
    options,
    requests.filter((request) => mayBeEarlier(request) && !carried.has(request.id)),
    carried,
  )
  for (const request of requests) {
    try {
      const done = await carryOut(options, request, carried)
      if (done === undefined) continue
      await answerRequest(inbox, request, done === 'TAKEN' ? `${done}\n` : await receiptOf(options.entries, done))
      forgetOldest(carried)
    } catch (error) {
      if (!(error instanceof RequestRejected)) throw error
      log.warn({ request: request.id, reason: error.message }, 'rejected a request in the inbox of the audit log')
      await rejectRequest(inbox, request.name, error.message)
    }
  }
}

function forgetOldest(carried: Map<string, CarriedOut>): void {
  const [oldest] = carried.keys()
  if (carried.size > MAX_REMEMBERED && oldest !== undefined) carried.delete(oldest)
}

async function findCarriedOut(
  { home, entries }: InboxOptions,
  requests: readonly FoundRequest[],
  carried: Map<string, CarriedOut>,
): Promise<void> {
  if (requests.length === 0) return
  await entries.publish()
  const ids = new Set(requests.map(({ id }) => id))
  const sinceMs = Math.min(...requests.map(({ id }) => uuidV7Time(id) ?? 0))
  for (const [id, found] of await findAppended(
    folderSource(join(home, 'log')),
    entries.published().size,
    ids,
    sinceMs,
  )) {
    carried.set(id, found)
  }
}

/** Carries a request out, unless it was before. Resolves to undefined if somebody has taken the request back. */
async function carryOut(
  options: InboxOptions,
  request: FoundRequest,
  carried: Map<string, CarriedOut>,
): Promise<CarriedOut | 'TAKEN' | undefined> {
  const bytes = await readRequest(inboxBelow(options.home), request)
  if (bytes === undefined) return undefined
  const wanted = rejectIfThrown(() => parseOperatorRequest(bytes))
  if ('keys' in wanted) return takeKeys(options, wanted.keys)
  const done = carried.get(request.id) ?? (await append(options, request, wanted))
  // Until the receipt is written, a failure must not lead to a second entry.
  carried.set(request.id, done)
  if ('erase' in wanted) {
    const entry = parseEntry(done.bytes)
    // The id may be that of another entry. Then no entry says that this salt is erased.
    if (entry.kind !== 'salt-erasure' || entry.erased !== wanted.erase.erased) {
      throw new RequestRejected('expected an id of its own; the log has another entry with this one')
    }
    await options.salts?.erase(wanted.erase.erased)
  }
  return done
}

/** Taking the keys that are in force already changes nothing, so a request that is carried out twice does no harm. */
async function takeKeys({ takeKeys: take }: InboxOptions, request: KeysRequest): Promise<'TAKEN'> {
  if (take === null)
    throw new RequestRejected('expected a process that can replace its key while it runs. Stop it first')
  try {
    await take(request)
    return 'TAKEN'
  } catch (error) {
    // A person decides whether it is tried again. Each try lets entries wait.
    throw new RequestRejected((error as Error).message)
  }
}

type EntryRequest = Exclude<OperatorRequest, { keys: unknown }>

async function append(options: InboxOptions, { id }: FoundRequest, wanted: EntryRequest): Promise<CarriedOut> {
  const { salts, entries, now } = options
  const nowMs = now()
  const age = nowMs - (uuidV7Time(id) ?? 0)
  if (age > MAX_REQUEST_AGE_MS || age < -MAX_AHEAD_MS) {
    throw new RequestRejected('expected an id of the last seven days; came another. Run the command again')
  }
  const owners = { id, time: new Date(nowMs).toISOString(), origin: entries.origin }
  if ('erase' in wanted) {
    const kind = salts === null ? 'UNKNOWN' : (await salts.find(wanted.erase.erased)).kind
    if (kind !== 'KEPT') throw new RequestRejected(kind === 'ERASED' ? 'the salt was erased before' : 'it has no salt')
    return appendEntry(options, makeErasureEntry(wanted.erase, owners), undefined)
  }
  const salt = wanted.salt === undefined ? undefined : Buffer.from(wanted.salt, 'base64')
  return appendEntry(
    options,
    rejectIfThrown(() => makeOperatorEntry(wanted.entry, owners)),
    salt,
  )
}

async function appendEntry(options: InboxOptions, entry: Entry, salt: Uint8Array | undefined): Promise<CarriedOut> {
  rejectIfThrown(() => canonicalBytes(entry))
  try {
    const [written] = await options.append([entry], salt === undefined ? [] : [{ id: entry.id, salt }])
    if (written === undefined) throw new TypeError('expected one written entry')
    return { bytes: written.bytes, index: written.receipt.index }
  } catch (error) {
    // The request cannot be written at any time. Everything else is the disk, and is tried again.
    if (error instanceof RangeError || error instanceof TypeError) throw new RequestRejected(error.message)
    throw error
  }
}

function rejectIfThrown<Value>(work: () => Value): Value {
  try {
    return work()
  } catch (error) {
    throw new RequestRejected((error as Error).message)
  }
}

/** Makes the receipt: a C2SP tlog-proof of the entry, with the entry, in the tree that the folder of the log shows. */
async function receiptOf(entries: InboxOptions['entries'], { index, bytes }: CarriedOut): Promise<string> {
  if (entries.published().size <= index) await entries.publish()
  const { size, note } = entries.published()
  return formatTlogProof({ index, hashes: await entries.inclusion(index, size), checkpoint: note, extra: bytes })
}

function inboxBelow(home: string): string {
  return join(home, 'inbox')
}
