import { MAX_ENTRY_BYTES } from '../merkle/entry-bundle.ts'
import { type Hash, hashLeaf } from '../merkle/hash.ts'
import { openCheckpoint } from '../note/checkpoint.ts'
import type { NoteSigner } from '../note/key.ts'
import { addSignatures, type NoteSignature } from '../note/note.ts'
import { formatTlogProof } from '../note/tlog-proof.ts'
import { createFolderStorage } from './folder-storage.ts'
import { encodeFrame } from './frames.ts'
import { lockFolder } from './lock.ts'
import { appendNotes, publishLog } from './publish.ts'
import { recoverLog } from './recover.ts'
import { journalPath } from './replay.ts'
import { type JournalFile, type LogState, type Repair, type SignedCheckpoint, signTree } from './state.ts'
import type { LogStorage } from './storage.ts'

/**
 * A log on a folder in the form of C2SP tlog-tiles.
 *
 * `append` resolves when its entry is on disk: entries that come while one commit is being synced make up the next, which
 * starts at once. A commit is one write to the journal (records.ts), one sync and one signature. Tiles, bundles, the history of
 * checkpoints and the file `checkpoint` follow behind (publish.ts); a reader of the folder sees the log as of its last
 * publication, which `publish` brings about at once and a timer soon.
 *
 * In the folder: `checkpoint`, `tile/…` as tlog-tiles has them; `checkpoints/…`, the history (history.ts); `journal/…`, what is not
 * published yet, gone after `close`; `lock` (lock.ts) and `unfinished/`, which say nothing.
 *
 * An append that rejects leaves the log as it was: the next one tries anew. Its entry may still turn up after a crash, if its
 * bytes had reached the disk; an entry without an answer is allowed, an answer without an entry is not.
 */

/** How long after a commit the folder is brought up to date, in milliseconds. */
export const DEFAULT_PUBLISH_AFTER_MS = 250

/** The most entries' bytes in one commit; what is over waits for the next. */
const MAX_COMMIT_BYTES = 4 * 1024 * 1024

/** The size from which on a journal file is followed by a new one, in bytes. */
const JOURNAL_FILE_BYTES = 16 * 1024 * 1024

/** How a log is opened. */
export interface LogOptions {
  /** The folder; made where there is none. One process at a time writes it. */
  readonly folder: string
  /** Signs checkpoints; its key's name is the log's origin. */
  readonly signer: NoteSigner
  /** In milliseconds; default `DEFAULT_PUBLISH_AFTER_MS`. */
  readonly publishAfterMs?: number
  /** Told when the folder could not be brought up to date; it is tried again. Appends are not touched by that. */
  readonly onPublishError?: (error: unknown) => void
}

/** What an append gives. */
export interface Receipt {
  /** The entry's index in the log. */
  readonly index: number
  /** The checkpoint of the commit, as a note; the same text for all of the commit's entries. */
  readonly checkpoint: string
  /** The C2SP tlog-proof of the entry in that checkpoint's tree, made when asked for. Rejects where a tile cannot be read. */
  readonly proof: () => Promise<string>
}

/** An open log. */
export interface Log {
  readonly origin: string
  /** What opening it put right. */
  readonly repairs: readonly Repair[]
  /** How many entries are acknowledged. */
  readonly size: () => number
  /** The checkpoint of all acknowledged entries. */
  readonly latest: () => SignedCheckpoint
  /** The checkpoint that the folder shows. */
  readonly published: () => SignedCheckpoint
  /** Resolves when the entry is durable. Rejects with a RangeError beyond 65,535 bytes, and with the storage's error. */
  readonly append: (entry: Uint8Array) => Promise<Receipt>
  /** The inclusion proof of an entry in the tree of `size` entries. Rejects with a RangeError for what the log has not. */
  readonly inclusion: (index: number, size: number) => Promise<readonly Hash[]>
  /** The consistency proof between two sizes. Rejects with a RangeError for what the log has not. */
  readonly consistency: (from: number, to: number) => Promise<readonly Hash[]>
  /** Brings the folder up to date. Rejects with the storage's error; the log goes on. */
  readonly publish: () => Promise<void>
  /**
   * Keeps witnesses' cosignatures of a published checkpoint, in the history, and in `checkpoint` if it is still that one. Gives the
   * note with them. The caller has checked them. Rejects with a NoteError for a checkpoint that is not this log's.
   */
  readonly addCosignatures: (checkpoint: string, signatures: readonly NoteSignature[]) => Promise<string>
  /** Waits for appends under way, publishes, and gives the folder free. Appends after it reject. */
  readonly close: () => Promise<void>
}

/**
 * Opens a log for writing. Throws a FolderInUseError where another process has it, and a LogDamagedError, which says where, if it
 * does not add up.
 */
export async function openLog(options: LogOptions): Promise<Log> {
  const lock = await lockFolder(options.folder)
  try {
    const storage = await createFolderStorage(options.folder)
    return await openLogOn(storage, options, async () => {
      await storage.close()
      lock.release()
    })
  } catch (error) {
    lock.release()
    throw error
  }
}

interface Waiting {
  readonly entry: Uint8Array
  readonly resolve: (receipt: Receipt) => void
  readonly reject: (error: unknown) => void
}

/** Opens a log on any storage, without a lock. `release` is called once, by `close`. */
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
    size: () => state.latest.size,
    latest: () => state.latest,
    published: () => state.published,
    append: committer.append,
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
    // The entries of one turn of the event loop go together.
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

/** One commit; settles every one of the batch. */
async function commit(batch: readonly Waiting[], state: LogState): Promise<void> {
  const first = state.latest.size
  const entries = batch.map(({ entry }) => entry)
  try {
    const record = encodeFrame({ first, entries })
    const file = journalFor(state, first)
    const writing = state.storage.append(file.path, file.length, record)
    const leaves = entries.map(hashLeaf)
    await writing
    file.length += record.length
    if (!state.journal.includes(file)) state.journal.push(file)
    for (const leaf of leaves) state.tree.push(leaf)
    for (const entry of entries) state.tail.entries.push(entry)
  } catch (error) {
    for (const { reject } of batch) reject(error)
    return
  }
  const checkpoint = signTree(state.tree, state.signer)
  state.latest = checkpoint
  state.unrecorded.push(checkpoint)
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

  /** One after another: publication and cosignatures change the same files. */
  const inTurn = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const done = turn.then(work, work)
    turn = done.catch(() => undefined)
    return done
  }

  const soon = (): void => {
    timer ??= setTimeout(() => {
      inTurn(() => publishLog(state)).then(
        () => rest(),
        (error: unknown) => {
          onPublishError?.(error)
          rest()
        },
      )
    }, publishAfterMs).unref()
  }

  const rest = (): void => {
    timer = undefined
    if (!isClosed && state.latest.size > state.published.size) soon()
  }

  return {
    soon,
    now: () => inTurn(() => publishLog(state)),
    cosign: (note: string, signatures: readonly NoteSignature[]) => inTurn(() => keepCosigned(state, note, signatures)),
    close: async () => {
      isClosed = true
      clearTimeout(timer)
      await inTurn(() => publishLog(state))
      await state.storage.write(state.journal.map(({ path }) => ({ path })))
    },
  }
}

async function keepCosigned(state: LogState, note: string, signatures: readonly NoteSignature[]): Promise<string> {
  const { size } = openCheckpoint(note, state.signer.verifier)
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
