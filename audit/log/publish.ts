import { TILE_WIDTH, type TileId, tilePath, tileWidth } from '../merkle/tile.ts'
import { encodeErased, hourOf, idOfSlot, SLOT_BYTES } from '../salts/slot.ts'
import type { FileChange } from './folder-storage.ts'
import { encodeNotes, historyPath } from './history.ts'
import { removeOutlivedJournals } from './journal.ts'
import { isKeptSeal, SALT_BYTES, SEAL_BYTES } from './journal-frames.ts'
import type { LogState, PendingSalts } from './state.ts'

/**
 * Publishes what the journal has made durable: it moves the salts to their store, and writes tiles, bundles, history and, last, the file `checkpoint`. No answer
 * waits for it. It may stop at any point: nothing refers to the new files until the checkpoint is renamed, and the journal stays
 * until then.
 */
export async function publishLog(state: LogState): Promise<void> {
  const { storage, latest, published } = state
  await storeSalts(state)
  if (latest.size === published.size) return
  const tiles = changedTiles(published.size, latest.size)
  await storage.write(await Promise.all(tiles.map((id) => fileOf(id, state))))
  await appendCheckpoints(state, latest.size)
  await storage.write([{ path: 'checkpoint', bytes: Buffer.from(latest.note) }])
  state.published = latest
  state.tree.release(latest.size)
  state.tail.drop(latest.size)
  await storage.write(outgrownTiles(tiles, published.size))
  await removeOutlivedJournals(state)
}

/** Lists the hash tiles and bundles of a tree of `to` leaves that a tree of `from` leaves does not have, or has narrower. */
function changedTiles(from: number, to: number): readonly TileId[] {
  const tiles: TileId[] = []
  const addLevel = (level: number | 'entries', step: number): void => {
    for (let index = Math.floor(from / step / TILE_WIDTH); tileWidth(level, index, to) > 0; index++) {
      const width = tileWidth(level, index, to)
      if (width > tileWidth(level, index, from)) tiles.push({ level, index, width })
    }
  }
  addLevel('entries', 1)
  for (let level = 0; TILE_WIDTH ** level <= to; level++) addLevel(level, TILE_WIDTH ** level)
  return tiles
}

async function fileOf(id: TileId, { tail, tree }: LogState): Promise<FileChange> {
  const { level, index, width } = id
  if (level === 'entries') return { path: tilePath(id), bytes: tail.bundle(index, width) }
  return { path: tilePath(id), bytes: (await tree.readTile({ level, index, width })).bytes(width) }
}

/** Appends the signed checkpoints up to `size` to the history. */
async function appendCheckpoints(state: LogState, size: number): Promise<void> {
  const notes = state.checkpointsForHistory.filter((checkpoint) => checkpoint.size <= size).map(({ note }) => note)
  await appendNotes(state, size, notes)
  state.checkpointsForHistory = state.checkpointsForHistory.filter((checkpoint) => checkpoint.size > size)
}

/** Appends notes to the history file for a tree of `size` leaves. */
export async function appendNotes(state: LogState, size: number, notes: readonly string[]): Promise<void> {
  const path = historyPath(size)
  const bytes = encodeNotes(size, notes)
  const offset = state.historyLengths.get(path) ?? 0
  await state.storage.append(path, offset, bytes)
  state.historyLengths.set(path, offset + bytes.length)
}

/** Lists the folders of partial tiles whose full tile now exists, for removal. */
function outgrownTiles(tiles: readonly TileId[], before: number): readonly FileChange[] {
  return tiles
    .filter(({ level, index, width }) => width === TILE_WIDTH && tileWidth(level, index, before) > 0)
    .map((id) => ({ path: `${tilePath(id)}.p` }))
}

/** How much of a journal file is read at once, in bytes. The salts of a commit that need more are read at once too. */
const WINDOW_BYTES = 256 * 1024

/**
 * Moves the salts of the journal to their store, before the journal goes away.
 *
 * Somebody may erase a salt at the same time, from another process (../salts/salts.ts): first in the journal, and then in the store.
 * This function writes to the store first, and then looks into the journal. So at least one of the two sees what the other did, and
 * no erased salt comes back.
 */
async function storeSalts(state: LogState): Promise<void> {
  const { salts } = state
  if (salts === undefined || state.saltsToStore.length === 0) return
  state.saltsToStore = state.saltsToStore.flatMap(splitByHour)
  const room = Buffer.allocUnsafeSlow(WINDOW_BYTES)
  const hours = Map.groupBy(state.saltsToStore, ({ slots }) => hourOf(idOfSlot(slots)))
  for (const pending of hours.values()) {
    const before = await listErased(state, pending, room)
    await salts.add(pending.flatMap((each) => writeErased(each, before.get(each))))
    for (const [each, erased] of await listErased(state, pending, room)) {
      for (const at of erased) if (before.get(each)?.has(at) !== true) await salts.erase(idOfSlot(slotAt(each, at)))
    }
    const stored = new Set(pending)
    state.saltsToStore = state.saltsToStore.filter((each) => !stored.has(each))
  }
}

function slotAt({ slots }: PendingSalts, at: number): Uint8Array {
  return slots.subarray(at * SLOT_BYTES, (at + 1) * SLOT_BYTES)
}

/** Splits the salts of a commit in which an hour ends. The store has a file for each hour. */
function splitByHour(pending: PendingSalts): readonly PendingSalts[] {
  const count = pending.slots.length / SLOT_BYTES
  const hour = hourOf(pending.slots)
  for (let at = 1; at < count; at++) {
    if (hourOf(slotAt(pending, at)) !== hour) return Array.from({ length: count }, (_, each) => takeOne(pending, each))
  }
  return [pending]
}

function takeOne(pending: PendingSalts, at: number): PendingSalts {
  const { path, isErased, written } = pending
  const from = at * SALT_BYTES
  const own = written && { written: written.subarray(from, from + SEAL_BYTES) }
  return { slots: slotAt(pending, at), isErased, path, at: pending.at + from, ...own }
}

/** Returns what the store gets: the slots, with the marks of those that were erased. */
function writeErased(pending: PendingSalts, erased: ReadonlySet<number> | undefined): readonly Uint8Array[] {
  if (erased === undefined) return [pending.slots]
  return Array.from({ length: pending.slots.length / SLOT_BYTES }, (_, at) => {
    const slot = slotAt(pending, at)
    return erased.has(at) ? encodeErased(idOfSlot(slot)) : slot
  })
}

/**
 * Finds the salts that were erased in the journal, by their places among those of their commit.
 * @param room for what is read, so that not each reading takes bytes of its own.
 */
async function listErased(
  { storage }: LogState,
  pending: readonly PendingSalts[],
  room: Buffer,
): Promise<ReadonlyMap<PendingSalts, ReadonlySet<number>>> {
  const erased = new Map<PendingSalts, ReadonlySet<number>>()
  for (const [path, ofFile] of Map.groupBy(pending, (each) => each.path)) {
    for (let next = 0; next < ofFile.length; ) {
      const first = next
      const from = (ofFile[first] as PendingSalts).at
      let to = from
      for (; next < ofFile.length; next++) {
        const each = ofFile[next] as PendingSalts
        // They are in the order of the file: those that one commit wrote, and before them those that were read from it.
        if (next > first && (each.at < to || endOf(each) - from > WINDOW_BYTES)) break
        to = endOf(each)
      }
      const read = await storage.readPart(path, from, to - from, room)
      const bytes = Buffer.from(read.buffer, read.byteOffset, read.length)
      for (const each of ofFile.slice(first, next)) {
        const places = findErased(each, bytes, each.at - from)
        if (places.size > 0) erased.set(each, places)
      }
    }
  }
  return erased
}

function endOf({ at, slots }: PendingSalts): number {
  return at + lengthOf(slots.length / SLOT_BYTES)
}

/** How far so many sealed salts reach in a journal file. Their ids are between them. */
function lengthOf(salts: number): number {
  return (salts - 1) * SALT_BYTES + SEAL_BYTES
}

/** Compares what this process wrote with what is there now. Of what others wrote, the hash is checked. */
function findErased({ slots, written }: PendingSalts, bytes: Buffer, from: number): ReadonlySet<number> {
  const erased = new Set<number>()
  const count = slots.length / SLOT_BYTES
  if (written !== undefined && isSame(bytes, from, written, 0, lengthOf(count))) return erased
  for (let at = 0; at < count; at++) {
    const place = from + at * SALT_BYTES
    const isKept =
      written === undefined
        ? isKeptSeal(bytes.subarray(place))
        : isSame(bytes, place, written, at * SALT_BYTES, SEAL_BYTES)
    if (!isKept) erased.add(at)
  }
  return erased
}

function isSame(bytes: Buffer, at: number, written: Uint8Array, from: number, length: number): boolean {
  return at + length <= bytes.length && bytes.compare(written, from, from + length, at, at + length) === 0
}

/**
 * Decides for each salt of a journal that is read when the log opens whether it still has to go to the store: not if it is there already,
 * and never if it was erased there. A salt that was erased in the journal is erased in the store too.
 * @param salts each by itself, with its place in the journal file
 */
export async function addSaltsToStore(state: LogState, pending: readonly PendingSalts[]): Promise<void> {
  const { salts } = state
  if (salts === undefined) return
  const kinds = await salts.look(pending.map(({ slots }) => idOfSlot(slots)))
  for (const [at, each] of pending.entries()) {
    if (kinds[at] === 'UNKNOWN') state.saltsToStore.push(each)
    if (each.isErased) await salts.erase(idOfSlot(each.slots))
  }
}
