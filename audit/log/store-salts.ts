import { encodeErased, idOfSlot, slotPath } from '../salts/slot.ts'
import { isKeptSeal } from './journal-frames.ts'
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
  const hours = Map.groupBy(state.saltsToStore, ({ slot }) => slotPath(idOfSlot(slot)))
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
    const places = salts.map(({ at }) => at)
    const from = Math.min(...places)
    const bytes = await storage.readPart(path, from, Math.max(...places) + SEAL_ROOM - from)
    for (const { slot, at } of salts) if (!isKeptSeal(bytes.subarray(at - from))) erased.add(slot)
  }
  return erased
}

/** At least the length of a sealed salt with its check, in bytes. */
const SEAL_ROOM = 64

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
