import { lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { MAX_ENTRY_BYTES } from '../merkle/entry-bundle.ts'
import { type Hash, hashLeaf } from '../merkle/hash.ts'
import type { Checkpoint } from '../note/checkpoint.ts'
import type { NoteSigner } from '../note/key.ts'
import { addSignatures, type NoteSignature } from '../note/note.ts'
import { type KeyRotation, openLogCheckpoint } from '../note/rotation.ts'
import { formatTlogProof } from '../note/tlog-proof.ts'
import { checkSalt, type NewSalt, openSalts, type Salts } from '../salts/salts.ts'
import { createFolderStorage } from './folder-storage.ts'
import { encodeFrame } from './frames.ts'
import { appendNotes, publishLog } from './publish.ts'
import { recoverLog } from './recover.ts'
import { journalPath } from './replay.ts'
import { type JournalFile, type LogState, type Repair, type SignedCheckpoint, signTree } from './state.ts'
import type { LogStorage } from './storage.ts'

/**
 * A log in a folder, in the form of C2SP tlog-tiles.
 *
 * `append` resolves when its entry is on disk. Entries that arrive while the log syncs one commit form the next commit, which
 * starts immediately. A commit is one write to the journal (frames.ts), one sync and one signature. The log writes tiles,
 * bundles, the history of checkpoints and the file `checkpoint` later (publish.ts). Readers of the folder see the log as of its
 * last publication. `publish` publishes immediately, and a timer publishes soon after each commit.
 *
 * The folder contains `checkpoint` and `tile/…` in the form of tlog-tiles, the history `checkpoints/…` (history.ts), and
 * `journal/…` with the entries that are not published yet; `close` removes the journal. `rotations/…` has the proofs of the
 * rotations of the log's key (../note/rotation.ts). The files `lock` (service/folder-lock/folder-lock.ts) and `unfinished/` carry
 * no information.
 *
 * If an append rejects, the log is unchanged, and the next append tries again. The entry may still appear after a crash if its
 * bytes had reached the disk. An entry without an answer is allowed; an answer without an entry is not.
 */

/** How long after a commit the log publishes, in milliseconds. */
export const DEFAULT_PUBLISH_AFTER_MS = 250

/** The most bytes of entries in one commit. Further entries wait for the next commit. */
const MAX_COMMIT_BYTES = 4 * 1024 * 1024

/** When a journal file has this size, in bytes, the log begins a new one. */
const JOURNAL_FILE_BYTES = 16 * 1024 * 1024

/** The options of an open log. */
export interface LogOptions {
  /** The log's folder. `openLog` creates it if it does not exist. Only one process at a time can write to it. */
  readonly folder: string
  /** Signs checkpoints. The name of its key is the log's origin. If a rotation to its `next` was begun and done, `next` signs. */
  readonly signer: NoteSigner
  /** The folder of the erasable store of salts (../salts/salts.ts). Without it, the log takes no salts. */
  readonly salts?: string
  /** How long after a commit the log publishes, in milliseconds. The default is `DEFAULT_PUBLISH_AFTER_MS`. */
  readonly publishAfterMs?: number
  /** Called when a publication fails. The log tries again, and appends continue. */
  readonly onPublishError?: (error: unknown) => void
}

/** The result of an append. */
export interface Receipt {
  /** The entry's index in the log. */
  readonly index: number
  /** The checkpoint of the commit, as a note. All entries of a commit have the same one. */
  readonly checkpoint: string
  /** Builds the C2SP tlog-proof of the entry in that checkpoint's tree. Rejects if a tile cannot be read. */
  readonly proof: () => Promise<string>
}

/** An open log. */
export interface Log {
  readonly origin: string
  /** What `openLog` repaired. */
  readonly repairs: readonly Repair[]
  /** The rotations of the log's key, oldest first. */
  readonly rotations: readonly KeyRotation[]
  /** Returns the number of acknowledged entries. */
  readonly size: () => number
  /** Returns the checkpoint of all acknowledged entries. */
  readonly latest: () => SignedCheckpoint
  /** Returns the checkpoint in the folder. */
  readonly published: () => SignedCheckpoint
  /**
   * Appends an entry, and resolves when it and the salts that belong to it are durable.
   * @param salts the salts of commitments in the entry, for the erasable store. Each is found again by its id (findSalt).
   * @throws {RangeError} if the entry has more than 65,535 bytes, a salt does not have 16 to 32 bytes, or an id is not a UUIDv7.
   * @throws {TypeError} if there are salts, and the log was opened without their store.
   * @throws {Error} the storage's error.
   */
  readonly append: (entry: Uint8Array, salts?: readonly NewSalt[]) => Promise<Receipt>
  /** Reads a checkpoint of this log. Throws a NoteError if this log did not sign it with the key that was in force. */
  readonly openCheckpoint: (note: string) => Checkpoint
  /** Returns the root of the first `size` entries. Rejects with a RangeError if the log does not have them. */
  readonly root: (size: number) => Promise<Hash>
  /** Returns the inclusion proof of an entry in the tree of `size` entries. Rejects with a RangeError if the log does not have them. */
  readonly inclusion: (index: number, size: number) => Promise<readonly Hash[]>
  /** Returns the consistency proof between two sizes. Rejects with a RangeError if the log does not have them. */
  readonly consistency: (from: number, to: number) => Promise<readonly Hash[]>
  /** Publishes all acknowledged entries in the folder. Rejects with the storage's error; the log continues to work. */
  readonly publish: () => Promise<void>
  /**
   * Stores witnesses' cosignatures of a published checkpoint in the history, and also in the file `checkpoint` if that still has
   * the same checkpoint. The caller must have verified them. Rejects with a NoteError if the checkpoint is not from this log.
   * @returns the note with the cosignatures.
   */
  readonly addCosignatures: (checkpoint: string, signatures: readonly NoteSignature[]) => Promise<string>
  /** Waits for pending appends, publishes, and releases the folder. Later appends reject. */
  readonly close: () => Promise<void>
}

/**
 * Opens a log for writing.
 * @throws {FolderInUseError} if another process has the log open.
 * @throws {LogDamagedError} if the log is damaged; it says where.
 * @throws {ReplacedKeyError} if the signer key was replaced by another one.
 */
export async function openLog(options: LogOptions): Promise<Log> {
  const lock = await lockFolder(options.folder)
  try {
    const storage = await createFolderStorage(options.folder)
    const salts = options.salts === undefined ? undefined : await openSalts(options.salts)
    const log = await openLogOn(storage, options, async () => {
      await salts?.close()
      await storage.close()
      lock.release()
    })
    return { ...log, append: (entry, all) => appendWithSalts(log, salts, entry, all) }
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Writes an entry and its salts at the same time, and waits for both. */
async function appendWithSalts(
  log: Log,
  store: Salts | undefined,
  entry: Uint8Array,
  salts: readonly NewSalt[] = [],
): Promise<Receipt> {
  if (salts.length === 0) return log.append(entry)
  if (store === undefined) throw new TypeError('expected a log that was opened with the folder of its salts')
  for (const salt of salts) checkSalt(salt)
  const [receipt] = await Promise.all([log.append(entry), store.add(salts)])
  return receipt
}

interface Waiting {
  readonly entry: Uint8Array
  readonly resolve: (receipt: Receipt) => void
  readonly reject: (error: unknown) => void
}

/** Opens a log on any storage, without a lock. `close` calls `release` once. Rejects with a LogDamagedError as `openLog` does. */
export async function openLogOn(
  storage: LogStorage,
  options: Omit<LogOptions, 'folder'>,
  release: () => Promise<void> = async () => undefined,
): Promise<Log> {
  const { state, repairs } = await recoverLog(storage, options.signer)
  const publisher = createPublisher(state, options)
  const committer = createCommitter(state, publisher.soon)
  if (state.latest.size > state.published.size) publisher.soon()
  return {
    origin: options.signer.verifier.name,
    repairs,
    rotations: state.rotations,
    size: () => state.latest.size,
    latest: () => state.latest,
    published: () => state.published,
    append: committer.append,
    openCheckpoint: (note) => openLogCheckpoint(note, state.periods),
    root: (size) => state.tree.root(size),
    inclusion: (index, size) => state.tree.inclusion(index, size),
    consistency: (from, to) => state.tree.consistency(from, to),
    publish: publisher.now,
    addCosignatures: (checkpoint, signatures) => publisher.cosign(checkpoint, signatures),
    close: async () => {
      try {
        await committer.close()
        await publisher.close()
      } finally {
        await release()
      }
    },
  }
}

function createCommitter(state: LogState, onCommit: () => void) {
  const queue: Waiting[] = []
  let running: Promise<void> | undefined
  let isClosed = false

  const run = async (): Promise<void> => {
    // All entries that arrive in one turn of the event loop are in the same commit.
    await Promise.resolve()
    while (queue.length > 0) {
      await commit(takeBatch(queue), state)
      onCommit()
    }
    running = undefined
  }

  const append = (entry: Uint8Array): Promise<Receipt> => {
    if (isClosed) return Promise.reject(new Error('the log is closed'))
    if (entry.length > MAX_ENTRY_BYTES) {
      return Promise.reject(new RangeError(`an entry has at most ${MAX_ENTRY_BYTES} bytes; ${entry.length} came`))
    }
    return new Promise((resolve, reject) => {
      queue.push({ entry, resolve, reject })
      running ??= run()
    })
  }

  const close = async (): Promise<void> => {
    isClosed = true
    await running
  }
  return { append, close }
}

function takeBatch(queue: Waiting[]): readonly Waiting[] {
  let bytes = 0
  const end = queue.findIndex(({ entry }) => {
    bytes += entry.length
    return bytes > MAX_COMMIT_BYTES
  })
  return queue.splice(0, end < 0 ? queue.length : Math.max(end, 1))
}

/** Writes one commit, and settles each promise of the batch. */
async function commit(batch: readonly Waiting[], state: LogState): Promise<void> {
  const first = state.latest.size
  const entries = batch.map(({ entry }) => entry)
  try {
    const frame = encodeFrame({ first, entries })
    const file = journalFor(state, first)
    const writing = state.storage.append(file.path, file.length, frame)
    const leaves = entries.map(hashLeaf)
    await writing
    file.length += frame.length
    if (!state.journal.includes(file)) state.journal.push(file)
    for (const leaf of leaves) state.tree.push(leaf)
    for (const entry of entries) state.tail.entries.push(entry)
  } catch (error) {
    for (const { reject } of batch) reject(error)
    return
  }
  const checkpoint = signTree(state.tree, state.signer)
  state.latest = checkpoint
  state.checkpointsForHistory.push(checkpoint)
  for (const [at, { resolve }] of batch.entries()) resolve(receiptOf(first + at, checkpoint, state))
}

function journalFor({ journal }: LogState, first: number): JournalFile {
  const last = journal.at(-1)
  if (last !== undefined && last.length > 0 && last.length < JOURNAL_FILE_BYTES) return last
  return last?.path === journalPath(first) ? last : { path: journalPath(first), first, length: 0 }
}

function receiptOf(index: number, { size, note }: SignedCheckpoint, { tree }: LogState): Receipt {
  const proof = async () => formatTlogProof({ index, hashes: await tree.inclusion(index, size), checkpoint: note })
  return { index, checkpoint: note, proof }
}

function createPublisher(
  state: LogState,
  { publishAfterMs = DEFAULT_PUBLISH_AFTER_MS, onPublishError }: Omit<LogOptions, 'folder'>,
) {
  let turn: Promise<unknown> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  /** Runs tasks one after another, because publication and cosignatures change the same files. */
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const done = turn.then(work, work)
    turn = done.catch(() => undefined)
    return done
  }

  const soon = (): void => {
    timer ??= setTimeout(() => {
      inTurn(() => publishLog(state)).then(
        () => scheduleNext(),
        (error: unknown) => {
          onPublishError?.(error)
          scheduleNext()
        },
      )
    }, publishAfterMs).unref()
  }

  const scheduleNext = (): void => {
    timer = undefined
    if (!isClosed && state.latest.size > state.published.size) soon()
  }

  return {
    soon,
    now: () => inTurn(() => publishLog(state)),
    cosign: (note: string, signatures: readonly NoteSignature[]) =>
      inTurn(() => storeCosigned(state, note, signatures)),
    close: async () => {
      isClosed = true
      clearTimeout(timer)
      await inTurn(() => publishLog(state))
      await state.storage.write(state.journal.map(({ path }) => ({ path })))
    },
  }
}

async function storeCosigned(state: LogState, note: string, signatures: readonly NoteSignature[]): Promise<string> {
  const { size } = openLogCheckpoint(note, state.periods)
  if (size > state.published.size) throw new RangeError(`the checkpoint of size ${size} is not published`)
  const isCurrent = size === state.published.size
  const cosigned = addSignatures(isCurrent ? state.published.note : note, signatures)
  await appendNotes(state, state.published.size, [cosigned])
  if (isCurrent) {
    await state.storage.write([{ path: 'checkpoint', bytes: Buffer.from(cosigned) }])
    state.published = { size, note: cosigned }
  }
  return cosigned
}
