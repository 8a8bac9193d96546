import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { exists, ifThere } from '../../../audit/if-there.ts'
import { TILE_WIDTH, tilePath } from '../../../audit/merkle/tile-path.ts'
import { eraseSalt } from '../../../audit/salts/salts.ts'
import { SLOT_BYTES } from '../../../audit/salts/slot.ts'
import type { Prunings } from '../../../audit/verify/prunings.ts'

/** Deletes what a pruning allows. Each step can be repeated after a crash. */

const HOUR_MS = 3_600_000

/**
 * Deletes the bundles that the prunings of a log allow to be missing.
 * @returns how many bundles it deleted.
 */
export async function deleteBundles(folder: string, { minimumIndex, isPruned }: Prunings): Promise<number> {
  let count = 0
  for (let index = 0; (index + 1) * TILE_WIDTH <= minimumIndex; index++) {
    if (!isPruned(index)) continue
    const path = join(folder, tilePath({ level: 'entries', index, width: TILE_WIDTH }))
    if (await exists(path)) count++
    await rm(path, { force: true })
    // Bundles of checkpoints when this one was not full yet.
    await rm(`${path}.p`, { recursive: true, force: true })
  }
  return count
}

/**
 * Erases the salts of a store whose hour was over before a time, except those of held entries.
 * @param folder the store, which may be open: nobody adds to the file of a past hour.
 * @returns how many salts it erased.
 */
export async function deleteSalts(folder: string, beforeMs: number, heldIds: ReadonlySet<string>): Promise<number> {
  let count = 0
  for (const name of (await ifThere(readdir(join(folder, 'hours')))) ?? []) {
    if (!/^\d+$/.test(name) || (Number(name) + 1) * HOUR_MS > beforeMs) continue
    const path = join(folder, 'hours', name)
    const ids = idsIn(await readFile(path))
    const going = ids.filter((id) => !heldIds.has(id))
    for (const id of going) if (await eraseSalt(folder, id)) count++
    // The salts are overwritten before the file goes, because a deleted file may stay on the disk for long.
    if (going.length === ids.length) await rm(path)
  }
  return count
}

function idsIn(file: Uint8Array): readonly string[] {
  const ids = new Set<string>()
  for (let from = 0; from + SLOT_BYTES <= file.length; from += SLOT_BYTES) {
    const hex = Buffer.from(file.subarray(from, from + 16)).toString('hex')
    const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    // Zeroes and torn slots are nobody's.
    if (/^.{14}7.{4}[89ab]/.test(id)) ids.add(id)
  }
  return [...ids]
}

/**
 * Deletes the texts of a content store that are older than a time and that nothing names: no remaining entry, and no text that stays.
 * @returns how many texts it deleted.
 */
export async function deleteTexts(folder: string, beforeMs: number, named: ReadonlySet<string>): Promise<number> {
  const names = await listTexts(folder)
  const staying = new Set<string>()
  const young = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).mtimeMs >= beforeMs))
  const waiting = names.filter((name, at) => named.has(name) || young[at])
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (staying.has(name)) continue
    staying.add(name)
    const text = await readFile(join(folder, name), 'latin1')
    for (const found of text.match(/\b[0-9a-f]{64}\b/g) ?? []) if (names.includes(found)) waiting.push(found)
  }
  const going = names.filter((name) => !staying.has(name))
  for (const name of going) await rm(join(folder, name))
  return going.length
}

/** Lists the texts of a content store: files whose name is a SHA-256. */
export async function listTexts(folder: string): Promise<readonly string[]> {
  return ((await ifThere(readdir(folder))) ?? []).filter((name) => /^[0-9a-f]{64}$/.test(name))
}
