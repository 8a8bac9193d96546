import { MAX_ENTRY_BYTES } from '../merkle/entry-bundle.ts'
import { encodeSlots } from '../salts/salts.ts'
import { type NewSalt, SLOT_BYTES, writeSlot } from '../salts/slot.ts'
import type { Batch, CommittedBatch, LogCore } from './core.ts'
import type { SignedCheckpoint } from './state.ts'

/** Where an entry is in the log, and the checkpoint of its commit. */
export interface CommittedEntry extends SignedCheckpoint {
  readonly index: number
}

/** Gathers entries into batches. */
export interface Gatherer {
  /**
   * Appends an entry with its salts. Entries that are added in the same turn of the event loop are in the same batch.
   * @throws {RangeError} if the id of a salt is not a UUIDv7, or a salt does not have 16 to 32 bytes.
   */
  readonly add: (entry: Uint8Array, salts: readonly NewSalt[]) => Promise<CommittedEntry>
  /** Appends a batch that is ready. */
  readonly send: (batch: Batch) => Promise<CommittedBatch>
  /** Waits for pending batches. */
  readonly close: () => Promise<void>
}

interface Waiting {
  readonly entry: Uint8Array
  readonly slots: readonly Uint8Array[]
  readonly resolve: (committed: CommittedEntry) => void
  readonly reject: (error: unknown) => void
}

/**
 * Creates the gatherer of a log. It does not wait for the batch before, so that the core has the next one ready while it syncs.
 * @param schedule runs the work when all entries of this turn have come
 * @param onCommit gets the checkpoint of each commit, in their order
 */
export function createGatherer(
  core: Pick<LogCore, 'append'>,
  schedule: (work: () => void) => void,
  onCommit: (checkpoint: SignedCheckpoint) => void,
): Gatherer {
  let waiting: Waiting[] = []
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

  const handOver = (): void => {
    const all = waiting
    if (all.length === 0) return
    waiting = []
    send(encodeBatch(all)).then(
      ({ first, size, note }) => {
        for (const [at, { resolve }] of all.entries()) resolve({ index: first + at, size, note })
      },
      (error: unknown) => {
        for (const { reject } of all) reject(error)
      },
    )
  }

  return {
    add: (entry, salts) =>
      new Promise((resolve, reject) => {
        waiting.push({ entry, slots: encodeSlots(salts), resolve, reject })
        if (waiting.length === 1) schedule(handOver)
      }),
    send,
    close: async () => {
      handOver()
      await Promise.allSettled(pending)
    },
  }
}

/** Copies entries and slots into one new buffer, which can be handed over to another thread. */
function encodeBatch(all: readonly Waiting[]): Batch {
  const bundleBytes = all.reduce((bytes, { entry }) => bytes + 2 + entry.length, 0)
  const slotCount = all.reduce((count, { slots }) => count + slots.length, 0)
  const bytes = new Uint8Array(bundleBytes + slotCount * SLOT_BYTES)
  let at = 0
  for (const { entry } of all) {
    bytes[at] = entry.length >> 8
    bytes[at + 1] = entry.length & 255
    bytes.set(entry, at + 2)
    at += 2 + entry.length
  }
  for (const slot of all.flatMap(({ slots }) => slots)) {
    bytes.set(slot, at)
    at += SLOT_BYTES
  }
  return { bundle: bytes.subarray(0, bundleBytes), slots: bytes.subarray(bundleBytes) }
}

/** Entries that are ready for the log. */
export interface EncodedTexts {
  readonly batch: Batch
  /** The size of each entry, in bytes. */
  readonly sizes: readonly number[]
}

/**
 * Writes entries and the slots of their salts into one new buffer, which can be handed over to another thread.
 * @throws {RangeError} if an entry has more than 65,535 bytes, the id of a salt is not a UUIDv7, or a salt does not have 16 to 32 bytes.
 */
export function encodeTexts(texts: readonly string[], salts: readonly NewSalt[]): EncodedTexts {
  const sizes = texts.map((text) => Buffer.byteLength(text))
  const bundleBytes = sizes.reduce((sum, size) => sum + 2 + size, 0)
  const bytes = Buffer.allocUnsafeSlow(bundleBytes + salts.length * SLOT_BYTES)
  // The entries fill their part. In a slot, zeroes follow a short salt.
  bytes.fill(0, bundleBytes)
  let at = 0
  for (const [index, text] of texts.entries()) {
    const size = sizes[index] as number
    if (size > MAX_ENTRY_BYTES) throw new RangeError(`an entry has at most ${MAX_ENTRY_BYTES} bytes; ${size} came`)
    bytes[at] = size >> 8
    bytes[at + 1] = size & 255
    // A text without other characters than those of ASCII needs no conversion.
    bytes.write(text, at + 2, size === text.length ? 'latin1' : 'utf8')
    at += 2 + size
  }
  for (const salt of salts) {
    writeSlot(bytes, at, salt)
    at += SLOT_BYTES
  }
  return { batch: { bundle: bytes.subarray(0, bundleBytes), slots: bytes.subarray(bundleBytes) }, sizes }
}
