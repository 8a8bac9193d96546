import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { createKeeper, type KeepFile } from '../../audit/content-store/content-store.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { hasRoom } from '../../audit/log/folder-storage.ts'
import { type Log, type LogOptions, openLog, type Receipt, type Receipts } from '../../audit/log/log.ts'
import type { NoteSigner } from '../../audit/note/key.ts'
import { eraseSalt, findSalt } from '../../audit/salts/salts.ts'
import type { FoundSalt, NewSalt } from '../../audit/salts/slot.ts'
import type { Sharding } from '../../audit/shards/period.ts'
import { listPlaces } from '../../audit/shards/places.ts'
import { openShardedLog, type ShardedLog } from '../../audit/shards/sharded-log.ts'
import type { Entry } from '../../contract/audit-log/entry.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { describeWithoutPath, errorCode } from '../describe-error.ts'
import { closeFolderToOthers } from '../private-files.ts'
import { openInbox } from './inbox.ts'
import { createKeyTaking } from './replace-key.ts'

const MINUTE_MS = 60_000

/** The number of rejections with one code in the minute that begins at `minute` (RFC 3339). */
interface MinuteCount {
  readonly minute: string
  readonly code: string
  readonly count: number
}

/**
 * Counts rejections before the caller is verified, by code and minute, so that a stranger cannot fill the disk with entries
 * (docs/design/audit-log.md, What leaves an entry).
 */
type MinuteCounts = ReturnType<typeof createMinuteCounts>

/** Creates empty counts. A minute has at most one count for each code, however many rejections there are. */
export function createMinuteCounts() {
  const counts = new Map<string, number>()
  const add = (code: string, minute: string, count: number): void => {
    const key = `${minute} ${code}`
    counts.set(key, (counts.get(key) ?? 0) + count)
  }
  return {
    /** Counts one rejection. `now` is in milliseconds since the epoch. */
    add: (code: string, now: number) => add(code, toMinute(now), 1),
    /** Removes and returns the counts of the minutes that are over at `now`, or with `all` the counts of all minutes. */
    take(now: number, all: boolean = false) {
      const current = toMinute(now)
      const taken = [...counts].filter(([key]) => all || !key.startsWith(current))
      return taken.map(([key, count]) => {
        counts.delete(key)
        const [minute = '', code = ''] = key.split(' ')
        return { minute, code, count }
      })
    },
    /** Adds counts again that were taken but could not be written. */
    putBack(taken: readonly MinuteCount[]) {
      for (const { code, minute, count } of taken) add(code, minute, count)
    },
  }
}

function toMinute(now: number): string {
  return new Date(now - (now % MINUTE_MS)).toISOString()
}

/** Whether an audit log can be written, according to the last try. */
type Health = ReturnType<typeof createHealth>

/** What a person does when an audit log cannot be written. */
const UNWRITABLE_REMEDY =
  'Free or repair the disk of the audit log (--audit-log-dir). Answers go on by themselves when it can be written.'

/**
 * Creates the health of a log that can be written.
 * @param counts gets a count with each failure, so that the next try has something to write.
 * @param now returns the time in milliseconds since the epoch.
 */
function createHealth(log: Pick<Logger, 'info' | 'error'>, counts: MinuteCounts, now: () => number) {
  let failure: string | null = null
  return {
    isWritable: () => failure === null,
    /** Why the last try failed, such as `its disk is full (ENOSPC)`; null if it succeeded. */
    failure: () => failure,
    fail(error: unknown) {
      if (failure !== null) return
      failure = describeWithoutPath(error)
      counts.add('RECORD_UNAVAILABLE', now())
      log.error(
        { code: errorCode(error), reason: failure, remedy: UNWRITABLE_REMEDY },
        'the audit log cannot be written; no answer leaves until it can',
      )
    },
    recover() {
      failure = null
      log.info('the audit log can be written again')
    },
  }
}

/** Runs a write, and lets the health fail if it is rejected because of the disk, and not because of what it was given. */
async function watchWrite<Value>(health: Health, write: () => Promise<Value>): Promise<Value> {
  try {
    return await write()
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) health.fail(error)
    throw error
  }
}

/** Finds and erases salts of an audit log that may be divided into shards: the journal of each shard may hold a salt. */
export type SaltAccess = ReturnType<typeof createSaltAccess>

/**
 * Creates the access to the salts of an audit log.
 * @param home the home of the audit log
 * @param folder the store of salts
 */
export function createSaltAccess(home: string, folder: string) {
  return {
    /** Looks up an entry's salt. Rejects with a RangeError if the id is not a UUIDv7. */
    async find(id: string) {
      let found: FoundSalt = { kind: 'UNKNOWN' }
      for (const { path } of await listPlaces(home)) {
        const inShard = await findSalt(folder, id, join(home, path))
        if (inShard.kind !== 'UNKNOWN') found = inShard
      }
      return found
    },
    /** Erases an entry's salt wherever it is, and resolves when that is durable. Resolves to true if there was one. */
    async erase(id: string) {
      let hadSalt = false
      for (const { path } of await listPlaces(home))
        hadSalt = (await eraseSalt(folder, id, join(home, path))) || hadSalt
      return hadSalt
    },
  }
}

/** The writer of an audit log: the gateway's, a national node's, and that of the auditors' server. */

/**
 * How long after a commit the recorder publishes the log's public files, in milliseconds. Each publication costs some twenty syncs of the
 * disk, and answers wait for that disk.
 */
const PUBLISH_AFTER_MS = 1_000

/** The folders of an audit log: the log itself, its erasable salts, and the texts that are stored by their hash. */
export const AUDIT_LOG_FOLDERS = { log: 'log', salts: 'salts', kept: 'kept' } as const

/** The members with which each entry of each log begins. `time` is RFC 3339 in UTC, and `id` is a UUIDv7 of the same moment. */
export interface EntryBase {
  readonly v: 1
  readonly id: string
  readonly time: string
}

/** Builders of the entries that the recorder writes by itself, in the form of the log's owner (contract/audit-log/entry.ts). */
export interface OwnEntries {
  /**
   * Builds the first entry after the log was opened, and stores the texts that the entry names by their hash.
   * @param repairs the kinds of the repairs that were made when the log was opened, each once.
   */
  readonly start: (base: EntryBase, repairs: readonly string[], keep: KeepFile) => Entry | Promise<Entry>
  /** Builds the entry which says how many requests of one minute were rejected with one code before a caller was known. */
  readonly rejections: (base: EntryBase, count: MinuteCount) => Entry
  /** Builds the last entry before the log is closed properly. */
  readonly stop: (base: EntryBase) => Entry
}

/** What {@link openRecorder} works with. */
export interface RecorderOptions {
  /** The recorder creates it if it does not exist, with `AUDIT_LOG_FOLDERS` below it. */
  readonly folder: string
  /** Signs the checkpoints. The name of its key is the log's name, and the origin of its first shard. */
  readonly signer: NoteSigner
  /** Reads the file of the key again, so that the key can be replaced while this process runs. Without it, the process must be stopped for that. */
  readonly readSigner?: () => Promise<NoteSigner>
  /** Whether its entries hold commitments, so that it needs the store of erasable salts. */
  readonly hasSalts: boolean
  readonly ownEntries: OwnEntries
  /** Whether the log runs in a thread of its own (`LogOptions`). */
  readonly hasThread?: boolean
  /** When a commit begins, if the log has no thread of its own (`LogOptions`). */
  readonly pace?: LogOptions['pace']
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
  /** Returns the time in milliseconds since the epoch. */
  readonly now?: () => number
  /** How often the log begins a new shard (docs/design/audit-log.md, Shards). The default is `none`. */
  readonly sharding?: Sharding
  /** Called when the log is open, and before its first entry is written. If it rejects, the audit log does not open. */
  readonly beforeStart?: (entries: Log) => Promise<void>
  /** Called with the entries of each `append`, when they are durable: those of this process, and those that commands ask for. */
  readonly onWritten?: (entries: readonly { readonly entry: Entry; readonly index: number }[]) => void
  /** A log that is open already, instead of that of the folder. Tests pass one that fails. */
  readonly openedLog?: Log
}

/** An entry that is on the disk. */
export interface WrittenEntry {
  /** The bytes of the entry in the log. */
  readonly bytes: Uint8Array
  readonly receipt: Receipt
}

/** An open audit log. */
export interface Recorder {
  /** The log itself, for its readers while it grows: witnesses, status and metrics. */
  readonly entries: Log
  /** Stores a text by its hash, beside the log. */
  readonly keep: KeepFile
  /** Returns the first members of a new entry. */
  readonly newBase: () => EntryBase
  /**
   * Writes entries and resolves, in their order, when all are durable, and the salts with them.
   * @param salts the salts of the commitments in these entries. No entry is durable before them.
   * @throws {RangeError} if the id of a salt is not a UUIDv7, or a salt does not have 16 to 32 bytes.
   * @throws {TypeError} if there are salts, and the recorder was opened without them.
   * @throws {Error} if they cannot be written. Then {@link Recorder.isWritable} is false until a later try succeeds.
   */
  readonly append: (entries: readonly Entry[], salts?: readonly NewSalt[]) => Promise<readonly WrittenEntry[]>
  /**
   * Writes entries that are canonical JSON already, as {@link Recorder.append} does. All are in one commit.
   * @param texts at least one
   */
  readonly appendTexts: (texts: readonly string[], salts: readonly NewSalt[]) => Promise<Receipts>
  /** Counts a request that was rejected before a caller was known. It has no entry, because strangers must not be able to fill the disk. */
  readonly countRejection: (code: string) => void
  /** Tells the recorder that a use of the log failed outside it, such as a proof that was read from it. */
  readonly noteFailure: (error: unknown) => void
  /** Returns whether the last try to write succeeded. */
  readonly isWritable: () => boolean
  /** Returns why the last try to write failed, without a path; null if it succeeded. */
  readonly failure: () => string | null
  /** Returns why this process should get no requests now; null if it can accept them. */
  readonly unready: () => Promise<'RECORD_UNAVAILABLE' | 'DISK_NEARLY_FULL' | null>
  /**
   * Erases the salt of an entry, so that nobody can open its commitments any more. Resolves when that is durable, to false if it has none.
   * The caller has written an entry of it.
   */
  readonly erase: (id: string) => Promise<boolean>
  /** Writes the counts and the stop entry, and releases the folder. */
  readonly close: () => Promise<void>
}

/**
 * Opens an audit log and writes its start entry.
 * @throws {FolderInUseError} if another process has the folder.
 * @throws {LogDamagedError} if the log is not consistent with itself.
 */
export async function openRecorder(options: RecorderOptions): Promise<Recorder> {
  const { folder, ownEntries } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const entries: OpenedLog = options.openedLog ?? (await openEntries(options))
  try {
    await options.beforeStart?.(entries)
    const keep = await createKeeper(join(folder, AUDIT_LOG_FOLDERS.kept))
    const clock = createEntryClock(options.now ?? Date.now)
    const { repairs } = entries
    if (repairs.length > 0) options.log.warn({ repairs }, 'the audit log was repaired when it was opened')
    const kinds = [...new Set(repairs.map(({ kind }) => kind))]
    await entries.append(canonicalBytes(await ownEntries.start(clock.newBase(), kinds, keep)))
    return createRecorder(options, entries, keep, clock)
  } catch (error) {
    // Without this, the folder would stay locked for as long as the process lives.
    await entries.close()
    throw error
  }
}

/** A log that tests pass cannot take other keys. */
type OpenedLog = Log & Partial<Pick<ShardedLog, 'takeKeys'>>

async function openEntries({ folder, signer, hasSalts, ...options }: RecorderOptions): Promise<ShardedLog> {
  const { hasThread = false, sharding = 'none', log, pace } = options
  const salts = join(folder, AUDIT_LOG_FOLDERS.salts)
  if (hasSalts) {
    await mkdir(salts, { recursive: true, mode: 0o700 })
    await closeFolderToOthers(salts)
  }
  const { now, newBase } = createEntryClock(options.now ?? Date.now)
  const open = (shard: string, by: NoteSigner): Promise<Log> =>
    openLog({
      folder: shard,
      ...(hasSalts && { salts }),
      signer: by,
      hasThread,
      ...(pace && { pace }),
      publishAfterMs: PUBLISH_AFTER_MS,
      onPublishError: (error) =>
        log.warn({ code: errorCode(error) }, 'could not publish the audit log; the next try follows'),
      onThreadEnd: (error) =>
        log.error(
          { code: errorCode(error) },
          'the thread of the audit log ended; the log is opened again in another one',
        ),
    })
  return openShardedLog({ home: folder, signer, sharding, now, newEntry: newBase, open })
}

type EntryClock = ReturnType<typeof createEntryClock>

function createEntryClock(now: () => number) {
  const newBase = (): EntryBase => {
    const nowMs = now()
    return { v: 1, id: createUuidV7(nowMs), time: new Date(nowMs).toISOString() }
  }
  return { now, newBase }
}

function createRecorder(options: RecorderOptions, entries: OpenedLog, keep: KeepFile, clock: EntryClock): Recorder {
  const counts = createMinuteCounts()
  const health = createHealth(options.log, counts, clock.now)
  const writeCount = (count: MinuteCount): Promise<unknown> =>
    entries.append(canonicalBytes(options.ownEntries.rejections(clock.newBase(), count)))
  const tending = startTending(writeCount, { counts, health, now: clock.now })

  const append: Recorder['append'] = async (all, newSalts = []) => {
    // Not watched: an entry without a canonical form is our own mistake, and must not stop all answers.
    const encoded = all.map(canonicalBytes)
    return watchWrite(health, async () => {
      const written = await Promise.all(
        // The first entry takes the salts with it. The others are in the same commit or in a later one.
        encoded.map(async (bytes, at) => ({ bytes, receipt: await entries.append(bytes, at === 0 ? newSalts : []) })),
      )
      options.onWritten?.(written.map(({ receipt: { index } }, at) => ({ entry: all[at] as Entry, index })))
      return written
    })
  }

  const appendTexts: Recorder['appendTexts'] = (texts, newSalts) =>
    watchWrite(health, () => entries.appendTexts(texts, newSalts))

  const salts = options.hasSalts
    ? createSaltAccess(options.folder, join(options.folder, AUDIT_LOG_FOLDERS.salts))
    : null
  const inbox = openInbox({
    home: options.folder,
    entries,
    append,
    salts,
    log: options.log,
    now: clock.now,
    takeKeys: createKeyTaking(options, entries, clock.newBase),
  })
  const hasSpace = watchSpace(options)
  return {
    entries,
    keep,
    newBase: clock.newBase,
    append,
    appendTexts,
    erase: async (id) => (await salts?.erase(id)) ?? false,
    countRejection: (code) => counts.add(code, clock.now()),
    noteFailure: health.fail,
    isWritable: health.isWritable,
    failure: health.failure,
    async unready() {
      if (!health.isWritable()) return 'RECORD_UNAVAILABLE'
      return (await hasSpace()) ? null : 'DISK_NEARLY_FULL'
    },
    async close() {
      await inbox.close()
      await tending.stop()
      await append([options.ownEntries.stop(clock.newBase())]).catch(() => undefined)
      await entries.close()
    },
  }
}

/** Returns what asks whether the disk has room, and logs each change: readiness is only a code, and the disk has a remedy. */
function watchSpace({ folder, log }: Pick<RecorderOptions, 'folder' | 'log'>): () => Promise<boolean> {
  let had = true
  return async () => {
    const has = await hasRoom(folder).catch(() => false)
    if (has === had) return has
    had = has
    if (has) log.info('ready: the disk of the audit log has room again')
    else
      log.error(
        { remedy: 'Free the disk of the audit log (--audit-log-dir).' },
        'not ready: the disk of the audit log is nearly full',
      )
    return has
  }
}

/** How often counted rejections are written and a failed log is tried again, in milliseconds. */
const TEND_EVERY_MS = 1_000

interface Tended {
  readonly counts: MinuteCounts
  readonly health: Health
  /** Returns the time in milliseconds since the epoch. */
  readonly now: () => number
}

/**
 * Writes, once a second, the counts of the minutes that are over. While the log fails, it writes all counts, to find out
 * whether the log still fails. `stop` ends this and writes the remaining counts.
 * @param writeCount writes the entry of a count. If it rejects, the count is kept for the next try.
 */
function startTending(
  writeCount: (count: MinuteCount) => Promise<unknown>,
  { counts, health, now }: Tended,
): { readonly stop: () => Promise<void> } {
  const writeOrKeep = async (count: MinuteCount): Promise<void> => {
    try {
      await writeCount(count)
    } catch (error) {
      counts.putBack([count])
      throw error
    }
  }
  const tend = async (isEverything: boolean): Promise<void> => {
    const isProbe = !health.isWritable()
    try {
      await Promise.all(counts.take(now(), isEverything || isProbe).map(writeOrKeep))
      if (isProbe) health.recover()
    } catch (error) {
      health.fail(error)
    }
  }
  let running: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    running = running.then(() => tend(false))
  }, TEND_EVERY_MS).unref()
  return {
    async stop() {
      clearInterval(timer)
      await running
      await tend(true)
    },
  }
}
