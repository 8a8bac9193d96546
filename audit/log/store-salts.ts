import { encodeErased, hourOf, idOfSlot } from '../salts/slot.ts'
import { isKeptSeal, SEAL_BYTES } from './journal-frames.ts'
import type { LogState, PendingSalt } from './state.ts'

/**
 * Moves the salts of the journal to their store, before the journal goes away.
 *
 * Somebody may erase a salt at the same time, from another process (../salts/salts.ts): first in the journal, and then in the store.
 * This function writes to the store first, and then looks into the journal. So at least one of the two sees what the other did, and
 * no erased salt comes back.
 */
export async function storeSalts(state: LogState): Promise<void> {
  const { salts } = state
  if (salts === undefined) return
  const hours = Map.groupBy(state.saltsToStore, ({ slot }) => hourOf(idOfSlot(slot)))
  for (const pending of hours.values()) {
    const before = await listErased(state, pending)
    await salts.add(pending.map(({ slot }) => (before.has(slot) ? encodeErased(idOfSlot(slot)) : slot)))
    for (const slot of await listErased(state, pending)) if (!before.has(slot)) await salts.erase(idOfSlot(slot))
    const stored = new Set(pending)
    state.saltsToStore = state.saltsToStore.filter((each) => !stored.has(each))
  }
}

/** Lists the slots whose salt was erased in the journal. */
async function listErased({ storage }: LogState, pending: readonly PendingSalt[]): Promise<ReadonlySet<Uint8Array>> {
  const erased = new Set<Uint8Array>()
  for (const [path, salts] of Map.groupBy(pending, (salt) => salt.path)) {
    let [from, to] = [Number.POSITIVE_INFINITY, 0]
    for (const { at } of salts) {
      from = Math.min(from, at)
      to = Math.max(to, at)
    }
    const read = await storage.readPart(path, from, to + SEAL_BYTES - from)
    const bytes = Buffer.from(read.buffer, read.byteOffset, read.length)
    for (const { slot, at, written } of salts) if (!isKept(bytes, at - from, written)) erased.add(slot)
  }
  return erased
}

/** Whether the bytes of a sealed salt are still what the log wrote there. What this process wrote, it compares; of others it checks the hash. */
function isKept(bytes: Buffer, at: number, written: Uint8Array | undefined): boolean {
  if (written === undefined) return isKeptSeal(bytes.subarray(at))
  return at + SEAL_BYTES <= bytes.length && bytes.compare(written, 0, SEAL_BYTES, at, at + SEAL_BYTES) === 0
}

/**
 * Decides for each salt of a journal that is read when the log opens whether it still has to go to the store: not if it is there already,
 * and never if it was erased there. A salt that was erased in the journal is erased in the store too.
 * @param slots the slots of the salts, and where each is in the journal file
 */
export async function addSaltsToStore(state: LogState, slots: readonly PendingSalt[]): Promise<void> {
  const { salts } = state
  if (salts === undefined) return
  const kinds = await salts.look(slots.map(({ slot }) => idOfSlot(slot)))
  for (const [at, pending] of slots.entries()) {
    if (kinds[at] === 'UNKNOWN') state.saltsToStore.push(pending)
    if (pending.isErased) await salts.erase(idOfSlot(pending.slot))
  }
}
