import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { createKeeper, type KeepFile } from '../../audit/content-store/content-store.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { hasRoom } from '../../audit/log/disk.ts'
import { type Log, openLog } from '../../audit/log/log.ts'
import type { NoteSigner } from '../../audit/note/key.ts'
import type { PseudonymKeys } from '../../audit/pseudonym/pseudonym.ts'
import { openSalts, type Salts } from '../../audit/salts/salts.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { createMinuteCounts } from '../../contract/audit-log/minute-counts.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import type { EndedRequest, RequestAuditLog } from '../types/flow.ts'
import { fitRequest } from './fit-request.ts'
import { requestEntry } from './request-entry.ts'

/** How often counted refusals are written, and a record that failed is tried again, in milliseconds. */
const TEND_EVERY_MS = 1_000

/** How long after a commit the log's files follow, in milliseconds: each time costs some twenty syncs of the disk that answers wait for. */
const PUBLISH_AFTER_MS = 1_000

/** The folders of a record: the log, the erasable salts, and what is kept by its hash. */
export const AUDIT_LOG_FOLDERS = { log: 'log', salts: 'salts', kept: 'kept' } as const

/** What a record is opened with. */
export interface AuditLogOptions {
  /** Made where there is none; `AUDIT_LOG_FOLDERS` below it. */
  readonly folder: string
  /** Its key's name is the log's origin. */
  readonly signer: NoteSigner
  /** For callers and cases. */
  readonly keys: PseudonymKeys
  readonly log: Logger
  readonly now?: () => number
  /** The trace of a request under way; left out: none has one. */
  readonly traceIdOf?: (requestId: string) => string | null
  /** A log and salts that are open already, instead of those of the folder. */
  readonly stores?: { readonly log: Log; readonly salts: Salts }
}

/** The fields of an entry that differ from kind to kind. */
type Without<T> = T extends Entry ? Omit<T, 'v' | 'id' | 'time' | 'gateway'> : never

/** What a gateway itself writes of. */
export type GatewayEntry = Without<Extract<Entry, { readonly kind: 'start' | 'graph' | 'suspension' | 'publication' }>>

/** The gateway's record. */
export interface GatewayAuditLog extends RequestAuditLog {
  readonly entries: Log
  readonly keep: KeepFile
  /** Writes an entry that is no request's. Rejects where it cannot be written. */
  readonly write: (entry: GatewayEntry) => Promise<void>
  /** Writes what is counted and a `stop` entry, and gives the folder free. */
  readonly close: () => Promise<void>
}

/**
 * Opens the record. Throws a FolderInUseError where another process has it, and a LogDamagedError where it does not add up.
 */
export async function openAuditLog(options: AuditLogOptions): Promise<GatewayAuditLog> {
  const { folder, signer, log } = options
  await mkdir(folder, { recursive: true })
  const entries =
    options.stores?.log ??
    (await openLog({
      folder: join(folder, AUDIT_LOG_FOLDERS.log),
      signer,
      publishAfterMs: PUBLISH_AFTER_MS,
      onPublishError: warn(log),
    }))
  const salts = options.stores?.salts ?? (await openSalts(join(folder, AUDIT_LOG_FOLDERS.salts)))
  const keep = await createKeeper(join(folder, AUDIT_LOG_FOLDERS.kept))
  return createRecord({ ...options, entries, salts, keep })
}

interface Parts extends AuditLogOptions {
  readonly entries: Log
  readonly salts: Salts
  readonly keep: KeepFile
}

function createRecord({ folder, keys, log, now = Date.now, traceIdOf, entries, salts, keep }: Parts): GatewayAuditLog {
  const gateway = entries.origin
  const counts = createMinuteCounts()
  let isWritable = true

  const newBase = () => ({ v: 1, id: createUuidV7(now()), time: new Date(now()).toISOString(), gateway }) as const
  const append = async (all: readonly Entry[]): Promise<void> => {
    // Outside: an entry that has no form is a fault of ours, and no reason to stop every answer.
    const bytes = all.map(canonicalBytes)
    try {
      await Promise.all(bytes.map(entries.append))
    } catch (error) {
      fail(error)
      throw error
    }
  }
  const fail = (error: unknown): void => {
    if (!isWritable) return
    isWritable = false
    // Something to write, once it can be again.
    counts.add('RECORD_UNAVAILABLE', now())
    log.error({ code: codeOf(error) }, 'the record cannot be written; nothing is answered until it can')
  }
  /** Writes counts of minutes gone by; while the record fails, whatever there is, to find out whether it still does. */
  const tend = async (all: boolean): Promise<void> => {
    const isProbe = !isWritable
    const taken = counts.take(now(), all || isProbe)
    try {
      if (isProbe) await salts.add(createUuidV7(now()))
      await Promise.all(
        taken.map((count) => entries.append(canonicalBytes({ ...newBase(), kind: 'refusals', ...count }))),
      )
      if (isProbe) log.info('the record can be written again')
      isWritable = true
    } catch (error) {
      counts.putBack(taken)
      fail(error)
    }
  }
  let tending: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    tending = tending.then(() => tend(false))
  }, TEND_EVERY_MS).unref()

  return {
    entries,
    keep,
    isWritable: () => isWritable,
    begin: () => ({ operation: null, uses: null, cost: null, denials: [], legs: [], sent: new Map(), codes: null }),
    async end(request: EndedRequest) {
      const { trail, requestId } = request.context
      if (trail === undefined) throw new TypeError('expected a request that was begun')
      const { salt, durable } = salts.take(requestId)
      durable.catch(fail)
      const sources = {
        gateway,
        keys,
        traceId: traceIdOf?.(requestId) ?? null,
        now: now(),
      }
      await Promise.all([durable, append(fitRequest(requestEntry(request, trail, salt, sources)))])
    },
    countRejection: (code) => counts.add(code, now()),
    async unready() {
      if (!isWritable) return 'RECORD_UNAVAILABLE'
      const isRoomy = await hasRoom(folder).catch(() => false)
      return isRoomy ? null : 'DISK_NEARLY_FULL'
    },
    write: (entry) => append([{ ...newBase(), ...entry }]),
    async close() {
      clearInterval(timer)
      await tending
      await tend(true)
      await append([{ ...newBase(), kind: 'stop' }]).catch(() => undefined)
      await salts.close()
      await entries.close()
    },
  }
}

function warn(log: Logger): (error: unknown) => void {
  return (error) => log.warn({ code: codeOf(error) }, 'the record could not be published; it is tried again')
}

/** The system's code, for a message may name a path. */
function codeOf(error: unknown): string | undefined {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : typeof name === 'string' ? name : undefined
}
