import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FoundSalt, findSlot, parseId, SLOT_BYTES } from './slot.ts'

/** Looks up an entry's salt, as `findSalt` does. Rejects with a RangeError if the id is not a UUIDv7. */
export type FindSalt = (id: string) => Promise<FoundSalt>

/** The bytes of an id at the beginning of a slot. */
const ID_BYTES = 16

/**
 * Creates a look-up for somebody who reads a whole log: it reads the file of an hour once, while the ids come roughly in the order of time.
 * @param folder the store of salts, which need not be open.
 */
export function createSaltFinder(folder: string): FindSalt {
  let last: { readonly hour: number; readonly slots: ReadonlyMap<string, Uint8Array> } | undefined
  return async (id) => {
    const { bytes, hour } = parseId(id)
    if (last?.hour !== hour) last = { hour, slots: groupSlots(await readOrNothing(join(folder, `hours/${hour}`))) }
    const { at: _, ...found } = findSlot(last.slots.get(hexOf(bytes)) ?? new Uint8Array(), bytes)
    return found
  }
}

/** Groups the slots of a file by their id. One id may have several: a crash may have torn some of them. */
function groupSlots(file: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const slots = new Map<string, Uint8Array>()
  for (let from = 0; from + SLOT_BYTES <= file.length; from += SLOT_BYTES) {
    const slot = file.subarray(from, from + SLOT_BYTES)
    const id = hexOf(slot.subarray(0, ID_BYTES))
    const before = slots.get(id)
    slots.set(id, before === undefined ? slot : Buffer.concat([before, slot]))
  }
  return slots
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

async function readOrNothing(path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Uint8Array()
    throw error
  })
}
