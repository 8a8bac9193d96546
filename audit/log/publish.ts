import { TILE_WIDTH, type TileId, tilePath, tileWidth } from '../merkle/tile-path.ts'
import { encodeNotes, historyPath } from './history.ts'
import { removeOutlivedJournals } from './journal.ts'
import type { LogState } from './state.ts'
import type { FileChange } from './storage.ts'
import { storeSalts } from './store-salts.ts'

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
