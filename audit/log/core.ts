/**
 * The part of a log that hashes, signs, writes and publishes. It runs in the thread of its caller or in a thread of its own
 * (thread.ts). Its arguments and results are therefore plain data.
 */

import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { HASH_BYTES, type Hash, hashBundle } from '../merkle/hash.ts'
import type { NoteSigner } from '../note/key.ts'
import { addSignatures, type NoteSignature } from '../note/note.ts'
import { openLogCheckpoint } from '../note/rotation.ts'
import { createSaltStore } from '../salts/salts.ts'
import { createFolderStorage, type FolderStorageOptions, type LogStorage } from './folder-storage.ts'
import { removeJournals, writeToJournal } from './journal.ts'
import { appendNotes, publishLog } from './publish.ts'
import { recoverLog } from './recover.ts'
import { type LogState, type Repair, type SignedCheckpoint, signTree } from './state.ts'

/** How long after a commit the log publishes, in milliseconds. */
export const DEFAULT_PUBLISH_AFTER_MS = 250

/** The most bytes of entries in one commit. Further batches wait for the next commit. */
const MAX_COMMIT_BYTES = 4 * 1024 * 1024

/** Entries that are appended together, with their salts. They are in the same commit. */
export interface Batch {
  /** The entries, in the form of a bundle. */
  readonly bundle: Uint8Array
  /** The slots of the salts, one after another (../salts/slot.ts). */
  readonly slots: Uint8Array
}

/** Where a batch is in the log: the index of its first entry, and the checkpoint of its commit. */
export interface CommittedBatch extends SignedCheckpoint {
  readonly first: number
}

/** The work of an open log. Each method rejects with the storage's error. */
export interface LogCore {
  /** Appends a batch. Resolves when it is durable. */
  readonly append: (batch: Batch) => Promise<CommittedBatch>
  readonly root: (size: number) => Promise<Hash>
  readonly inclusion: (index: number, size: number) => Promise<readonly Hash[]>
  readonly consistency: (from: number, to: number) => Promise<readonly Hash[]>
  readonly publish: () => Promise<void>
  readonly addCosignatures: (checkpoint: string, signatures: readonly NoteSignature[]) => Promise<string>
  /** Waits for pending appends, and publishes. */
  readonly close: () => Promise<void>
}

/** What a core tells its log between the calls. */
export interface CoreEvents {
  /** The file `checkpoint` has changed. */
  readonly onPublished: (checkpoint: SignedCheckpoint) => void
  /** A publication failed. The next try follows. */
  readonly onPublishError: (error: unknown) => void
  /** The thread of the core has ended, and another one is started. */
  readonly onThreadEnd: (error: unknown) => void
}

/** What opening a core found. */
export interface Opened {
  readonly repairs: readonly Repair[]
  /** The verifier key in force. */
  readonly vkey: string
  /** The proofs of the rotations of the log's key, oldest first. */
  readonly rotations: readonly string[]
  readonly latest: SignedCheckpoint
  readonly published: SignedCheckpoint
}

/** Decides when a commit begins, after a batch has come. `count` returns how many batches wait for it. */
export type CommitPace = (count: () => number) => Promise<void>

/** What a core works with. */
interface CoreOptions {
  readonly storage: LogStorage
  /** The storage of the salts; undefined if the log takes none. */
  readonly saltStorage: LogStorage | undefined
  readonly signer: NoteSigner
  readonly publishAfterMs: number
  readonly gather: CommitPace
}

/** Opens the core of a log. Rejects as `recoverLog` does. */
export async function openCore(
  { storage, saltStorage, signer, publishAfterMs, gather }: CoreOptions,
  events: Omit<CoreEvents, 'onThreadEnd'>,
): Promise<{ readonly core: LogCore; readonly opened: Opened }> {
  const salts = saltStorage && createSaltStore(saltStorage)
  const { state, repairs } = await recoverLog(storage, signer, salts)
  const publisher = createPublisher(state, publishAfterMs, events)
  const committer = createCommitter(state, gather, publisher.soon)
  if (state.latest.size > state.published.size || state.saltsToStore.length > 0) publisher.soon()
  const core: LogCore = {
    append: committer.append,
    root: (size) => state.tree.root(size),
    inclusion: (index, size) => state.tree.inclusion(index, size),
    consistency: (from, to) => state.tree.consistency(from, to),
    publish: publisher.now,
    addCosignatures: publisher.cosign,
    close: async () => {
      await committer.close()
      await publisher.close()
    },
  }
  const { latest, published } = state
  const rotations = state.rotations.map(({ proof }) => proof)
  return { core, opened: { repairs, vkey: state.signer.verifier.vkey, rotations, latest, published } }
}

interface Waiting {
  readonly batch: Batch
  readonly resolve: (committed: CommittedBatch) => void
  readonly reject: (error: unknown) => void
}

function createCommitter(state: LogState, gather: CommitPace, onCommit: () => void) {
  const queue: Waiting[] = []
  let running: Promise<void> | undefined

  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      await gather(() => queue.length)
      await commit(
        takeFitting(queue, ({ batch }) => batch.bundle.length, MAX_COMMIT_BYTES),
        state,
      )
      onCommit()
    }
    running = undefined
  }

  return {
    append: (batch: Batch): Promise<CommittedBatch> =>
      new Promise((resolve, reject) => {
        queue.push({ batch, resolve, reject })
        running ??= run()
      }),
    close: async () => running,
  }
}

/** Writes one commit, and settles the promise of each batch. */
async function commit(waiting: readonly Waiting[], state: LogState): Promise<void> {
  const start = state.latest.size
  const firsts: number[] = []
  try {
    const bundles = waiting.map(({ batch }) => batch.bundle)
    // A copy of their own: the batches are in larger buffers.
    const slots = Buffer.concat(waiting.map(({ batch }) => batch.slots))
    const writing = writeToJournal(state, { first: start, bundles, slots })
    const leaves = bundles.map(hashBundle)
    await writing
    for (const [at, hashes] of leaves.entries()) {
      firsts.push(state.tree.size())
      for (let from = 0; from < hashes.length; from += HASH_BYTES) {
        state.tree.push(hashes.subarray(from, from + HASH_BYTES))
      }
      state.tail.pushBundle(bundles[at] as Uint8Array)
    }
  } catch (error) {
    for (const { reject } of waiting) reject(error)
    return
  }
  const checkpoint = signTree(state.tree, state.signer)
  state.latest = checkpoint
  state.checkpointsForHistory.push(checkpoint)
  for (const [at, { resolve }] of waiting.entries()) resolve({ first: firsts[at] ?? start, ...checkpoint })
}

function createPublisher(
  state: LogState,
  publishAfterMs: number,
  { onPublished, onPublishError }: Omit<CoreEvents, 'onThreadEnd'>,
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

  /** Tells of a new file `checkpoint` even if the rest of the work fails. */
  const telling = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    const before = state.published
    try {
      return await work()
    } finally {
      if (state.published !== before) onPublished(state.published)
    }
  }

  const publish = () => inTurn(() => telling(() => publishLog(state)))

  const soon = (): void => {
    timer ??= setTimeout(() => {
      publish().then(scheduleNext, (error: unknown) => {
        onPublishError(error)
        scheduleNext()
      })
    }, publishAfterMs).unref()
  }

  const scheduleNext = (): void => {
    timer = undefined
    if (!isClosed && (state.latest.size > state.published.size || state.saltsToStore.length > 0)) soon()
  }

  return {
    soon,
    now: publish,
    cosign: (note: string, signatures: readonly NoteSignature[]) =>
      inTurn(() => telling(() => storeCosigned(state, note, signatures))),
    close: async () => {
      isClosed = true
      clearTimeout(timer)
      await publish()
      await removeJournals(state, state.journal)
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

/**
 * Takes the first items of a queue that have room together: at least one, so that an item that is too large goes by itself.
 * @param bytesOf returns the size of an item.
 * @param room how many bytes there are.
 */
export function takeFitting<Item>(queue: Item[], bytesOf: (item: Item) => number, room: number): readonly Item[] {
  let bytes = 0
  const end = queue.findIndex((item) => {
    bytes += bytesOf(item)
    return bytes > room
  })
  return queue.splice(0, end < 0 ? queue.length : Math.max(end, 1))
}

/** Opens the storages of a log in its folder and of its salts in theirs. The caller has locked the log's folder. */
export async function openFolders(
  folder: string,
  salts: string | undefined,
  options: FolderStorageOptions = {},
): Promise<{
  readonly storage: LogStorage
  readonly saltStorage: LogStorage | undefined
  readonly close: () => Promise<void>
}> {
  const storage = await createFolderStorage(folder, options)
  const saltStorage = salts === undefined ? undefined : await createFolderStorage(salts, options)
  const close = async () => {
    await saltStorage?.close()
    await storage.close()
  }
  return { storage, saltStorage, close }
}

/** Returns the folder `salts` beside a log's folder, or beside the folder `shards` in which it is; undefined if there is none. */
export async function findSaltsBeside(folder: string): Promise<string | undefined> {
  const parent = dirname(folder)
  const salts = join(basename(parent) === 'shards' ? dirname(parent) : parent, 'salts')
  const isFolder = await stat(salts).then(
    (found) => found.isDirectory(),
    () => false,
  )
  return isFolder ? salts : undefined
}
