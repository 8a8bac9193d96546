import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ifThere } from '../if-there.ts'
import { listSlots } from './slot.ts'

/**
 * Lists the salts that a store keeps of one hour. A salt that was erased is not among them.
 * @param folder the store's folder; it may be open.
 * @param hour counts hours since 1970, by the time in the salts' ids.
 */
export async function listSalts(folder: string, hour: number): Promise<readonly Uint8Array[]> {
  const file = await ifThere(readFile(join(folder, `hours/${hour}`)))
  return file === undefined ? [] : listSlots(file)
}
