/** The gateway's audit log: its requests, the graph that it serves, and what it suspends and publishes. */

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readCounts } from '../../audit/counts/count-check.ts'
import { writeCanonical } from '../../audit/log/canonical.ts'
import type { Log, Receipt } from '../../audit/log/log.ts'
import { parseCheckpoint } from '../../audit/note/checkpoint.ts'
import { parseNote } from '../../audit/note/note.ts'
import { addExtra } from '../../audit/note/tlog-proof.ts'
import type { PseudonymKeys } from '../../audit/pseudonym/pseudonym.ts'
import { SALT_BYTES } from '../../audit/salts/slot.ts'
import { listPlaces } from '../../audit/shards/places.ts'
import { folderSource } from '../../audit/verify/source.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { takeRandom } from '../../contract/random-pool.ts'
import { formatReceiptHeader } from '../../contract/receipt.ts'
import { createCommitPace } from '../../service/audit-log/commit-pace.ts'
import { startHeartbeat } from '../../service/audit-log/heartbeat.ts'
import {
  AUDIT_LOG_FOLDERS,
  type OwnEntries,
  openRecorder,
  type Recorder,
  type RecorderOptions,
} from '../../service/audit-log/recorder.ts'
import type { Trail } from '../types/flow.ts'
import type { EndedRequest, RequestAuditLog, WrittenRequest } from '../types/request-log.ts'
import { type FittedRequest, fitRequest, numberPart } from './fit-request.ts'
import { createDocumentKeeper } from './keep-documents.ts'
import { type Counts, createNumberedAppends, type MakeEntries, type NumberedAppends } from './number-entries.ts'
import { type CountedMisuse, type CountedRejections, createMisuses, createRepeatedRejections } from './repeated.ts'
import { toActor, writeRequest } from './request-entry.ts'

/** How often counted misuses and rejections of past minutes are written, in milliseconds. */
const FLUSH_EVERY_MS = 1_000

/** About how large an entry is that belongs to no request, in bytes. */
const SMALL_BYTES = 1_000

/** What {@link openAuditLog} works with. */
export interface AuditLogOptions extends Omit<RecorderOptions, 'hasSalts' | 'ownEntries'> {
  /** The version of Istmo that runs, for the start entry. */
  readonly version: string
  /** The keys of the pseudonyms of callers and cases. */
  readonly keys: PseudonymKeys
  /** The worker whose log it is, for the start entry. Absent: the gateway has one process. */
  readonly worker?: { readonly number: number; readonly of: number }
  /** Resolves after so many milliseconds. Tests have their own. */
  readonly pause?: (ms: number) => Promise<void>
  /** Returns the trace id of a request in progress, or null if it has none. Without this function, no request has one. */
  readonly traceIdOf?: (requestId: string) => string | null
}

/** The members of an entry that differ from kind to kind. */
type Without<T> = T extends Entry ? Omit<T, 'v' | 'id' | 'time' | 'gateway'> : never

/** An act that somebody signed: version 2 of its kind. */
type SignedAct = Extract<EntryOf<'suspension'>, { readonly v: 2 }>

/** What the gateway writes about itself, besides its start and its stop. */
export type GatewayEntry = Without<
  Extract<Entry, { readonly v: 1; readonly kind: 'graph' | 'suspension' | 'publication' }>
>

/** The gateway's audit log. */
export interface GatewayAuditLog extends RequestAuditLog, Pick<Recorder, 'entries' | 'keep'> {
  /** Returns the verifier key of the log: the newest one, if the key was replaced. */
  readonly vkey: () => string
  /** Writes an entry that belongs to no request. Rejects if the log cannot be written. */
  readonly write: (entry: GatewayEntry) => Promise<void>
  /** Writes the entry of an act that somebody signed. Rejects if the log cannot be written. */
  readonly writeAct: (act: Omit<SignedAct, 'v' | 'id' | 'time' | 'gateway' | 'kind'>) => Promise<void>
  /** Writes the counts so far and a `stop` entry, and releases the folder. */
  readonly close: () => Promise<void>
}

/**
 * Opens the gateway's audit log and writes its `start` entry.
 * @throws {FolderInUseError} if another process has the folder.
 * @throws {LogDamagedError} if the log is not consistent with itself.
 */
export async function openAuditLog(options: AuditLogOptions): Promise<GatewayAuditLog> {
  const { signer } = options
  // The counts of the log when it was opened, and then those of the appends.
  let counts: () => Counts = () => ({})
  const recorder = await openRecorder({
    ...options,
    hasSalts: true,
    ownEntries: entriesOfGateway(signer.verifier.name, options, () => counts()),
    async beforeStart(entries) {
      await options.beforeStart?.(entries)
      const found = await findCounts(entries, options.folder)
      counts = () => found
    },
  })
  const numbered = createNumberedAppends(recorder.appendTexts, counts(), createCommitPace())
  counts = numbered.counts
  return createGatewayAuditLog(options, recorder, numbered)
}

/** Reads the counts of an open log. Its newest entries may be in the journal, so it publishes them before. */
async function findCounts(entries: Log, home: string): Promise<Counts> {
  if (entries.size() === 0) return {}
  await entries.publish()
  const places = (await listPlaces(home)).toReversed()
  const readFrom = async (at: number): Promise<Counts> => {
    const place = places[at]
    if (place === undefined) return {}
    const source = folderSource(join(home, place.path))
    const note = Buffer.from((await source.read('checkpoint')) ?? '').toString('utf8')
    const { size } = parseCheckpoint(parseNote(note).text)
    // A shard that has no counts yet goes on from those of the shard before it.
    return readCounts(source, size, () => readFrom(at + 1))
  }
  return readFrom(0)
}

function entriesOfGateway(
  gateway: string,
  { version, worker }: Pick<AuditLogOptions, 'version' | 'worker'>,
  counts: () => Counts,
): OwnEntries {
  return {
    start: (base, repairs) => {
      const start = { ...base, gateway, kind: 'start' as const, version, repairs, counts: counts() }
      return worker === undefined ? { ...start, v: 2 } : { ...start, v: 3, worker }
    },
    rejections: (base, count) => ({ ...base, gateway, kind: 'refusals', ...count }),
    stop: (base) => ({ ...base, v: 2, gateway, kind: 'stop', counts: counts() }),
  }
}

/** Writes an entry that belongs to no request. */
function writeEntry(entry: Entry): string {
  const text = writeCanonical(entry)
  if (text === undefined) throw new TypeError('expected an entry with a form in JSON')
  return text
}

/** Returns the entries of a request with their numbers. */
function numberParts({ entry, parts }: FittedRequest): MakeEntries {
  return ({ next }) => [
    entry,
    ...parts.map((part) => numberPart(part, part.country === null ? null : next(part.country))),
  ]
}

function createGatewayAuditLog(
  options: AuditLogOptions,
  recorder: Recorder,
  numbered: NumberedAppends,
): GatewayAuditLog {
  const { now = Date.now } = options
  const gateway = options.signer.verifier.name
  // Entries without numbers take their turn too: a commit of only them would make the next requests wait for another one.
  const append = (entry: Entry) => numbered.append(() => [writeEntry(entry)], SMALL_BYTES)
  const { misuses, rejections, endCounts } = createCounts(options, recorder, append)
  const waitCounted = createCountedWait(options.pause)
  const writeRequest = createRequestWriter(options, recorder, numbered)
  const writeHeartbeat = (): Promise<unknown> =>
    numbered.append(
      ({ counts }) => [writeEntry({ ...recorder.newBase(), gateway, kind: 'heartbeat', counts: counts() })],
      SMALL_BYTES,
    )
  const endHeartbeat = startHeartbeat(writeHeartbeat, now)
  return {
    entries: recorder.entries,
    keep: recorder.keep,
    vkey: () => recorder.entries.rotations.at(-1)?.newKey.vkey ?? options.signer.verifier.vkey,
    isWritable: recorder.isWritable,
    unready: recorder.unready,
    countRejection: recorder.countRejection,
    noteMisuse: misuses.note,
    async close() {
      await endHeartbeat()
      await endCounts()
      await numbered.drain()
      await recorder.close()
    },
    begin: () => createTrail(takeRandom(SALT_BYTES)),
    async end(request: EndedRequest) {
      const { trail } = request.context
      if (trail === undefined) throw new TypeError('expected a request that was begun')
      if (rejections.count(request)) {
        await waitCounted()
        return { bytes: 0, prove: null }
      }
      return writeRequest(request, trail)
    },
    async write(entry) {
      await append({ ...recorder.newBase(), gateway, ...entry })
    },
    async writeAct(act) {
      await append({ ...recorder.newBase(), v: 2, gateway, kind: 'suspension', ...act })
    },
  }
}

/** Creates the counts of misuses and rejections of known callers. `endCounts` writes what is counted so far. */
function createCounts(
  { signer, keys, now = Date.now }: AuditLogOptions,
  { newBase }: Recorder,
  append: (entry: Entry) => Promise<unknown>,
) {
  const gateway = signer.verifier.name
  const writeMisuse = async ({ caller, sinceMs, untilMs, ...misuse }: CountedMisuse): Promise<void> => {
    const [since, until] = [sinceMs, untilMs].map((ms) => new Date(ms).toISOString()) as [string, string]
    const actor = toActor(caller, keys)
    await append({ ...newBase(), gateway, kind: 'misuse', actor, since, until, ...misuse })
  }
  const writeRejections = async ({ caller, ...rejections }: CountedRejections): Promise<void> => {
    const actor = toActor(caller, keys)
    await append({ ...newBase(), gateway, kind: 'refusals', actor, ...rejections })
  }
  const misuses = createMisuses(writeMisuse, now)
  const rejections = createRepeatedRejections(writeRejections, now)
  // A count that cannot be written stays, and the recorder has reported that the log failed.
  const flush = (isEverything: boolean) =>
    Promise.allSettled([misuses.flush(isEverything), rejections.flush(isEverything)])
  const timer = setInterval(() => void flush(false), FLUSH_EVERY_MS).unref()
  const endCounts = async (): Promise<void> => {
    clearInterval(timer)
    await flush(true)
  }
  return { misuses, rejections, endCounts }
}

/** Returns the function that writes the entries of a request. It resolves to their size in bytes, and to what proves the request's own entry. */
function createRequestWriter(options: AuditLogOptions, recorder: Recorder, numbered: NumberedAppends) {
  const { keys, now = Date.now, traceIdOf, log } = options
  const keepDocument = createDocumentKeeper({
    folder: join(options.folder, AUDIT_LOG_FOLDERS.kept),
    keep: recorder.keep,
    now,
    onError: (err) =>
      log.warn({ err }, 'a document could not be kept beside the audit log; its entry has only the hash'),
  })
  return async (request: EndedRequest, trail: Trail): Promise<WrittenRequest> => {
    const { requestId, caller } = request.context
    const document = trail.operation?.document
    // A stranger's document is not kept: everybody can send one.
    const isKept = document !== undefined && caller !== null && (await keepDocument(document, caller))
    const { salt } = trail
    const gateway = options.signer.verifier.name
    const sources = { gateway, keys, traceId: traceIdOf?.(requestId) ?? null, isKept, now: now() }
    const fitted = fitRequest(writeRequest(request, trail, sources))
    const { text, bytes, receipt } = await numbered.append(numberParts(fitted), fitted.bytes, [{ id: requestId, salt }])
    return { bytes, prove: () => proveRequest(text, receipt()) }
  }
}

/** The longest value of the header with a proof, in characters. Clients and proxies often accept headers of 16 KiB, all together. */
const MAX_HEADER = 8_192

/**
 * Makes the value of the header `Istmo-Log-Proof`: the C2SP tlog-proof of a request's entry as a byte sequence of RFC 9651. The proof has the
 * entry in its line `extra`, unless the header would then be too long.
 * @param entry the request's own entry, which is durable.
 */
async function proveRequest(entry: string, receipt: Receipt): Promise<string> {
  const proof = await receipt.proof()
  const complete = formatReceiptHeader(addExtra(proof, Buffer.from(entry)))
  return complete.length <= MAX_HEADER ? complete : formatReceiptHeader(proof)
}

/**
 * Creates the trail of a request that begins: nothing is noted yet.
 * @param salt the salt of the request's entry, 32 bytes. The salts of its legs derive from it (contract/leg-salt.ts).
 */
export function createTrail(salt: Uint8Array): Trail {
  return {
    operation: null,
    uses: null,
    cost: null,
    denials: [],
    legs: [],
    sent: new Map(),
    codes: null,
    salt,
    legSalts: 0,
  }
}

/** How long the answer to a counted rejection waits, in milliseconds: much less than the second that its `Retry-After` asks for. */
const WAIT_MS = 100

/** How many answers wait at once. An answer beyond them does not wait, so that nobody can fill the memory with them. */
const MAX_WAITING = 1_000

/**
 * Creates the wait of answers to counted rejections. An entry of its own makes a sender wait for the disk. Without that, a client that sends
 * again as soon as it has its answer would only send more, and take the thread from all others.
 * @param pause resolves after so many milliseconds.
 */
export function createCountedWait(pause: (ms: number) => Promise<void> = sleep): () => Promise<void> {
  let waiting = 0
  return async () => {
    if (waiting >= MAX_WAITING) return
    waiting += 1
    try {
      await pause(WAIT_MS)
    } finally {
      waiting -= 1
    }
  }
}
