/**
 * A log in a folder, in the form of C2SP tlog-tiles.
 *
 * `append` resolves when its entry and the entry's salts are on disk. Entries that arrive while the log syncs one commit form the next
 * commit, which starts immediately. A commit is one write to the journal (journal-frames.ts), one sync and one signature. The log writes
 * tiles, bundles, the history of checkpoints and the file `checkpoint` later (publish.ts), and moves the salts to their store. Readers of
 * the folder see the log as of its last publication. `publish` publishes immediately, and a timer publishes soon after each commit.
 *
 * The folder contains `checkpoint` and `tile/…` in the form of tlog-tiles, the history `checkpoints/…` (history.ts), and
 * `journal/…` with the entries that are not published yet; `close` removes the journal. `rotations/…` has the proofs of the
 * rotations of the log's key (../note/rotation.ts). The files `lock` (service/folder-lock/folder-lock.ts) and `unfinished/` carry
 * no information.
 *
 * If an append rejects, the log is unchanged, and the next append tries again. The entry may still appear after a crash if its
 * bytes had reached the disk. An entry without an answer is allowed; an answer without an entry is not.
 *
 * The work is done by a core (core.ts), in the caller's thread or in one of its own.
 */
import { lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { MAX_ENTRY_BYTES } from '../merkle/entry-bundle.ts'
import type { Hash } from '../merkle/hash.ts'
import type { Checkpoint } from '../note/checkpoint.ts'
import { type NoteSigner, parseVerifierKey } from '../note/key.ts'
import type { NoteSignature } from '../note/note.ts'
import { followRotations, type KeyRotation, openLogCheckpoint, parseRotation } from '../note/rotation.ts'
import { formatTlogProof } from '../note/tlog-proof.ts'
import { type NewSalt, SLOT_BYTES, writeSlot } from '../salts/slot.ts'
import {
  type Batch,
  type CommitPace,
  type CommittedBatch,
  type CoreEvents,
  DEFAULT_PUBLISH_AFTER_MS,
  findSaltsBeside,
  type LogCore,
  type Opened,
  openCore,
  openFolders,
} from './core.ts'
import type { LogStorage } from './folder-storage.ts'
import type { Repair, SignedCheckpoint } from './state.ts'
import { startLogThread } from './thread.ts'

/** The options of an open log. */
export interface LogOptions {
  /** The log's folder. `openLog` creates it if it does not exist. Only one process at a time can write to it. */
  readonly folder: string
  /**
   * The folder of the erasable store of salts (../salts/salts.ts), which is created if it does not exist. The default is the folder
   * `salts` beside the log's, if there is one. Without a store, the log takes no salts.
   */
  readonly salts?: string
  /** Signs checkpoints. The name of its key is the log's origin. If a rotation to its `next` was begun and done, `next` signs. */
  readonly signer: NoteSigner
  /** How long after a commit the log publishes, in milliseconds. The default is `DEFAULT_PUBLISH_AFTER_MS`. */
  readonly publishAfterMs?: number
  /**
   * Whether the log hashes, signs, writes and publishes in a thread of its own. That costs some ten milliseconds once, and then spares the
   * caller's thread. If the thread ends, pending appends reject, and the log is opened again in a new one.
   */
  readonly hasThread?: boolean
  /** When a commit begins, without a thread of its own. The default is at once, with what came during the commit before. */
  readonly pace?: CommitPace
  /** Called when a publication fails. The log tries again, and appends continue. */
  readonly onPublishError?: (error: unknown) => void
  /** Called when the thread of the log has ended. Another one is started. */
  readonly onThreadEnd?: (error: unknown) => void
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

/** The result of an append of several entries. */
export interface Receipts {
  /** The size of each entry, in bytes. */
  readonly bytes: readonly number[]
  /** Returns the receipt of an entry, by its place among them. */
  readonly receipt: (at: number) => Receipt
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
  /**
   * Appends entries together, in one commit and one after another, and resolves when they and their salts are durable. Costs much less than an
   * `append` for each.
   * @param texts the entries, at least one. They are written in UTF-8.
   * @throws {Error} as `append` does. Then the log has none of them.
   */
  readonly appendTexts: (texts: readonly string[], salts?: readonly NewSalt[]) => Promise<Receipts>
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
 * @throws {SaltStoreMissingError} if the journal has salts, and there is no store for them.
 */
export async function openLog(options: LogOptions): Promise<Log> {
  const lock = await lockFolder(options.folder)
  try {
    const salts = options.salts ?? (await findSaltsBeside(options.folder))
    if (options.hasThread === true) return await openLogInThread({ ...options, ...(salts && { salts }) }, lock.release)
    const { storage, saltStorage, close } = await openFolders(options.folder, salts)
    return await openLogOn(storage, { ...options, ...(saltStorage && { saltStorage }) }, async () => {
      await close()
      lock.release()
    })
  } catch (error) {
    lock.release()
    throw error
  }
}

/** Opens a log on any storage, without a lock. `close` calls `release` once. Rejects with a LogDamagedError as `openLog` does. */
export async function openLogOn(
  storage: LogStorage,
  options: Omit<LogOptions, 'folder' | 'salts' | 'hasThread'> & { readonly saltStorage?: LogStorage },
  release: () => Promise<void> = async () => undefined,
): Promise<Log> {
  const { signer, saltStorage, publishAfterMs = DEFAULT_PUBLISH_AFTER_MS, pace = atOnce } = options
  const events = createEvents(options)
  const { core, opened } = await openCore({ storage, saltStorage, signer, publishAfterMs, gather: pace }, events)
  return createLog(core, opened, { signer, events, release, hasSalts: saltStorage !== undefined })
}

const atOnce: CommitPace = () => Promise.resolve()

async function openLogInThread(options: LogOptions, release: () => void): Promise<Log> {
  const { folder, salts, signer, publishAfterMs = DEFAULT_PUBLISH_AFTER_MS } = options
  const events = createEvents(options)
  const { core, opened } = await startLogThread({ folder, salts, signer, publishAfterMs }, events)
  return createLog(core, opened, {
    signer,
    events,
    release: async () => release(),
    hasSalts: salts !== undefined,
  })
}

/** The events of a core, and whom they reach. */
interface OwnEvents extends CoreEvents {
  /** The checkpoint in the folder. */
  published: SignedCheckpoint | undefined
}

function createEvents({ onPublishError, onThreadEnd }: Pick<LogOptions, 'onPublishError' | 'onThreadEnd'>): OwnEvents {
  const events: OwnEvents = {
    published: undefined,
    onPublished: (checkpoint) => {
      events.published = checkpoint
    },
    onPublishError: (error) => onPublishError?.(error),
    onThreadEnd: (error) => onThreadEnd?.(error),
  }
  return events
}

interface LogParts {
  readonly signer: NoteSigner
  readonly events: OwnEvents
  readonly hasSalts: boolean
  readonly release: () => Promise<void>
}

function createLog(core: LogCore, opened: Opened, { signer, events, hasSalts, release }: LogParts): Log {
  const rotations = opened.rotations.map(parseRotation)
  const periods = followRotations([parseVerifierKey(opened.vkey)], rotations)
  let latest: SignedCheckpoint = opened.latest
  let isClosed = false
  const appends = createAppends(core, (checkpoint) => {
    latest = checkpoint
  })
  const published = () => events.published ?? opened.published
  // After the end of a thread, the next one may have published entries whose appends were rejected.
  const newest = () => (published().size > latest.size ? published() : latest)

  const append = async (entries: readonly (string | Uint8Array)[], salts: readonly NewSalt[] = []) => {
    if (isClosed) throw new Error('the log is closed')
    if (salts.length > 0 && !hasSalts) {
      throw new TypeError('expected a log that was opened with the folder of its salts')
    }
    return appends.append(entries, salts)
  }

  return {
    origin: signer.verifier.name,
    repairs: opened.repairs,
    rotations,
    size: () => newest().size,
    latest: newest,
    published,
    append: async (entry, salts) => (await append([entry], salts)).receipt(0),
    appendTexts: append,
    openCheckpoint: (note) => openLogCheckpoint(note, periods),
    root: core.root,
    inclusion: core.inclusion,
    consistency: core.consistency,
    publish: core.publish,
    addCosignatures: core.addCosignatures,
    close: async () => {
      isClosed = true
      try {
        await appends.settle()
        await core.close()
      } finally {
        await release()
      }
    },
  }
}

/**
 * Creates the appends of an open log. They do not wait for the batch before, so that the core has the next one ready while it syncs.
 * @param onCommit gets the checkpoint of each commit, in their order
 */
function createAppends(core: Pick<LogCore, 'append' | 'inclusion'>, onCommit: (checkpoint: SignedCheckpoint) => void) {
  const pending = new Set<Promise<CommittedBatch>>()
  const send = async (batch: Batch): Promise<CommittedBatch> => {
    const sending = core.append(batch)
    pending.add(sending)
    try {
      const committed = await sending
      onCommit({ size: committed.size, note: committed.note })
      return committed
    } finally {
      pending.delete(sending)
    }
  }
  return {
    async append(entries: readonly (string | Uint8Array)[], salts: readonly NewSalt[]): Promise<Receipts> {
      const { batch, sizes } = encodeEntries(entries, salts)
      const { first, size, note } = await send(batch)
      const receipt = (at: number): Receipt => {
        const index = first + at
        const prove = async () =>
          formatTlogProof({ index, hashes: await core.inclusion(index, size), checkpoint: note })
        return { index, checkpoint: note, proof: prove }
      }
      return { bytes: sizes, receipt }
    },
    settle: () => Promise.allSettled(pending),
  }
}

/**
 * Writes entries and the slots of their salts into one new buffer, which can be handed over to another thread. Returns the size of each entry too.
 * @throws {RangeError} if an entry has more than 65,535 bytes, the id of a salt is not a UUIDv7, or a salt does not have 16 to 32 bytes.
 */
function encodeEntries(entries: readonly (string | Uint8Array)[], salts: readonly NewSalt[]) {
  const sizes = entries.map((entry) => Buffer.byteLength(entry))
  const bundleBytes = sizes.reduce((sum, size) => sum + 2 + size, 0)
  const bytes = Buffer.allocUnsafeSlow(bundleBytes + salts.length * SLOT_BYTES)
  // The entries fill their part. In a slot, zeroes follow a short salt.
  bytes.fill(0, bundleBytes)
  let at = 0
  for (const [index, entry] of entries.entries()) {
    const size = sizes[index] as number
    if (size > MAX_ENTRY_BYTES) throw new RangeError(`an entry has at most ${MAX_ENTRY_BYTES} bytes; ${size} came`)
    bytes.writeUInt16BE(size, at)
    if (typeof entry !== 'string') bytes.set(entry, at + 2)
    // A text without other characters than those of ASCII needs no conversion.
    else bytes.write(entry, at + 2, size === entry.length ? 'latin1' : 'utf8')
    at += 2 + size
  }
  for (const salt of salts) {
    writeSlot(bytes, at, salt)
    at += SLOT_BYTES
  }
  return { batch: { bundle: bytes.subarray(0, bundleBytes), slots: bytes.subarray(bundleBytes) }, sizes }
}
