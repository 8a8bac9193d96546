/** The gateway's audit log: its requests, the graph that it serves, and what it suspends and publishes. */
import { randomBytes } from 'node:crypto'
import type { KeepFile } from '../../audit/content-store/content-store.ts'
import type { Log } from '../../audit/log/log.ts'
import type { PseudonymKeys } from '../../audit/pseudonym/pseudonym.ts'
import { SALT_BYTES } from '../../audit/salts/commitment.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { type OwnEntries, openRecorder, type Recorder, type RecorderOptions } from '../../service/audit-log/recorder.ts'
import type { EndedRequest, RequestAuditLog } from '../types/flow.ts'
import { createCountedWait } from './counted-wait.ts'
import { fitRequest } from './fit-request.ts'
import { type CountedMisuse, createMisuses } from './misuse.ts'
import { type CountedRejections, createRepeatedRejections } from './repeated-rejections.ts'
import { requestEntry, toActor } from './request-entry.ts'

/** How often counted misuses and rejections of past minutes are written, in milliseconds. */
const FLUSH_EVERY_MS = 1_000

/** What {@link openAuditLog} works with. */
export interface AuditLogOptions extends Omit<RecorderOptions, 'hasSalts' | 'ownEntries'> {
  /** The version of Istmo that runs, for the start entry. */
  readonly version: string
  /** The keys of the pseudonyms of callers and cases. */
  readonly keys: PseudonymKeys
  /** Resolves after so many milliseconds. Tests have their own. */
  readonly pause?: (ms: number) => Promise<void>
  /** Returns the trace id of a request in progress, or null if it has none. Without this function, no request has one. */
  readonly traceIdOf?: (requestId: string) => string | null
}

/** The members of an entry that differ from kind to kind. */
type Without<T> = T extends Entry ? Omit<T, 'v' | 'id' | 'time' | 'gateway'> : never

/** What the gateway writes about itself, besides its start and its stop. */
export type GatewayEntry = Without<Extract<Entry, { readonly kind: 'graph' | 'suspension' | 'publication' }>>

/** The gateway's audit log. */
export interface GatewayAuditLog extends RequestAuditLog {
  readonly entries: Log
  readonly keep: KeepFile
  /** Writes an entry that belongs to no request. Rejects if the log cannot be written. */
  readonly write: (entry: GatewayEntry) => Promise<void>
  /** Writes the counts so far and a `stop` entry, and releases the folder. */
  readonly close: () => Promise<void>
}

/**
 * Opens the gateway's audit log and writes its `start` entry.
 * @throws {FolderInUseError} if another process has the folder.
 * @throws {LogDamagedError} if the log is not consistent with itself.
 */
export async function openAuditLog(options: AuditLogOptions): Promise<GatewayAuditLog> {
  const { version, signer } = options
  const ownEntries = entriesOfGateway(signer.verifier.name, version)
  return createGatewayAuditLog(options, await openRecorder({ ...options, hasSalts: true, ownEntries }))
}

function entriesOfGateway(gateway: string, version: string): OwnEntries {
  return {
    start: (base, repairs) => ({ ...base, gateway, kind: 'start', version, repairs }),
    rejections: (base, count) => ({ ...base, gateway, kind: 'refusals', ...count }),
    stop: (base) => ({ ...base, gateway, kind: 'stop' }),
  }
}

function createGatewayAuditLog(options: AuditLogOptions, recorder: Recorder): GatewayAuditLog {
  const { keys, now = Date.now, traceIdOf } = options
  const gateway = recorder.entries.origin
  const writeMisuse = async ({ caller, sinceMs, untilMs, ...misuse }: CountedMisuse): Promise<void> => {
    const [since, until] = [sinceMs, untilMs].map((ms) => new Date(ms).toISOString()) as [string, string]
    const actor = toActor(caller, keys)
    await recorder.append([{ ...recorder.newBase(), gateway, kind: 'misuse', actor, since, until, ...misuse }])
  }
  const writeRejections = async ({ caller, ...rejections }: CountedRejections): Promise<void> => {
    const actor = toActor(caller, keys)
    await recorder.append([{ ...recorder.newBase(), gateway, kind: 'refusals', actor, ...rejections }])
  }
  const misuses = createMisuses(writeMisuse, now)
  const rejections = createRepeatedRejections(writeRejections, now)
  const waitCounted = createCountedWait(options.pause)
  // A count that cannot be written stays, and the recorder has reported that the log failed.
  const flushCounts = (isEverything: boolean) =>
    Promise.allSettled([misuses.flush(isEverything), rejections.flush(isEverything)])
  const timer = setInterval(() => void flushCounts(false), FLUSH_EVERY_MS).unref()
  return {
    entries: recorder.entries,
    keep: recorder.keep,
    isWritable: recorder.isWritable,
    unready: recorder.unready,
    countRejection: recorder.countRejection,
    noteMisuse: misuses.note,
    async close() {
      clearInterval(timer)
      await flushCounts(true)
      await recorder.close()
    },
    begin: () => ({ operation: null, uses: null, cost: null, denials: [], legs: [], sent: new Map(), codes: null }),
    async end(request: EndedRequest) {
      const { trail, requestId } = request.context
      if (trail === undefined) throw new TypeError('expected a request that was begun')
      if (rejections.count(request)) {
        await waitCounted()
        return 0
      }
      const salt = randomBytes(SALT_BYTES)
      const sources = { gateway, keys, traceId: traceIdOf?.(requestId) ?? null, now: now() }
      const entries = fitRequest(requestEntry(request, trail, salt, sources))
      const written = await recorder.append(entries, [{ id: requestId, salt }])
      return written.reduce((bytes, entry) => bytes + entry.bytes.length, 0)
    },
    async write(entry) {
      await recorder.append([{ ...recorder.newBase(), gateway, ...entry }])
    },
  }
}
