import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ifThere } from '../if-there.ts'
import { findSalt } from './salts.ts'
import { type FoundSalt, findSlot, idOfSlot, parseId, SLOT_BYTES, slotPath } from './slot.ts'

/** Looks up an entry's salt, as `findSalt` does. Rejects with a RangeError if the id is not a UUIDv7. */
export type FindSalt = (id: string) => Promise<FoundSalt>

/**
 * Creates a look-up for somebody who reads a whole log: it reads the file of an hour once, while the ids come roughly in the order of time.
 * @param folder the store of salts, which need not be open.
 */
export function createSaltFinder(folder: string): FindSalt {
  let last: { readonly path: string; readonly slots: ReadonlyMap<string, Uint8Array> } | undefined
  return async (id) => {
    const bytes = parseId(id)
    const path = slotPath(bytes)
    if (last?.path !== path) {
      const file = await ifThere(readFile(join(folder, path)))
      last = { path, slots: groupSlots(file ?? new Uint8Array()) }
    }
    const { at: _, ...found } = findSlot(last.slots.get(hexOf(bytes)) ?? new Uint8Array(), bytes)
    // A salt that the log has not published yet is in its journal.
    return found.kind === 'UNKNOWN' ? findSalt(folder, id) : found
  }
}

/** Groups the slots of a file by their id. One id may have several: a crash may have torn some of them. */
function groupSlots(file: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const slots = new Map<string, Uint8Array>()
  for (let from = 0; from + SLOT_BYTES <= file.length; from += SLOT_BYTES) {
    const slot = file.subarray(from, from + SLOT_BYTES)
    const id = hexOf(idOfSlot(slot))
    const before = slots.get(id)
    slots.set(id, before === undefined ? slot : Buffer.concat([before, slot]))
  }
  return slots
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
