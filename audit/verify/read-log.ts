import { LRUCache } from 'lru-cache'
import { type Finding, throwDamaged } from '../finding.ts'
import { decodeNotes, historyPath, LEAVES_PER_HISTORY_FILE } from '../log/history.ts'
import { decodeBundle } from '../merkle/entry-bundle.ts'
import { HASH_BYTES } from '../merkle/hash.ts'
import { createTile, TILE_WIDTH, type Tile, type TileId, tilePath, tileWidth } from '../merkle/tile.ts'
import type { ReadTile } from '../merkle/tiled-tree.ts'
import { type Checkpoint, readUncheckedCheckpoint } from '../note/checkpoint.ts'
import { NoteError } from '../note/key.ts'
import { checkCheckpoint, type Policy, withRotations } from '../note/policy.ts'
import { type KeyRotation, MAX_ROTATIONS, parseRotation, rotationPath } from '../note/rotation.ts'
import type { LogSource } from './source.ts'

/** Reads files of a log. Reports a damaged file instead of throwing, so that the verification can continue. */

/** Receives a finding. */
export type Report = (finding: Finding) => void

/** Decodes the entries of a bundle, up to its width. Reports what is malformed. Returns undefined if nothing can be decoded. */
export function decodeEntries(bytes: Uint8Array, id: TileId, report: Report): readonly Uint8Array[] | undefined {
  try {
    const entries = decodeBundle(bytes)
    if (entries.length >= id.width) return entries.slice(0, id.width)
    report({ kind: 'MALFORMED', where: tilePath(id), expected: `${id.width} entries`, came: `${entries.length}` })
    return entries
  } catch (error) {
    report({ kind: 'MALFORMED', where: tilePath(id), expected: 'a bundle of entries', came: (error as Error).message })
    return undefined
  }
}

/**
 * Reads the file of a tile or bundle. If a partial file no longer exists, which is allowed, reads the full one.
 * @returns undefined, and reports it, if neither exists.
 */
export async function readFileOf(source: LogSource, id: TileId, report: Report): Promise<Uint8Array | undefined> {
  const exact = await source.read(tilePath(id))
  const bytes = exact ?? (id.width < TILE_WIDTH ? await source.read(tilePath({ ...id, width: TILE_WIDTH })) : undefined)
  if (bytes === undefined) report({ kind: 'MISSING', where: tilePath(id), expected: 'a file', came: 'none' })
  return bytes
}

/** Reads the hashes of a tile, as many as its width says. Returns undefined, and reports it, if they are missing. */
export async function readTileFile(source: LogSource, id: TileId, report: Report): Promise<Uint8Array | undefined> {
  const bytes = await readFileOf(source, id, report)
  if (bytes === undefined || bytes.length >= id.width * HASH_BYTES) return bytes?.subarray(0, id.width * HASH_BYTES)
  const expected = `${id.width} hashes of ${HASH_BYTES} bytes`
  report({ kind: 'MALFORMED', where: tilePath(id), expected, came: `${bytes.length} bytes` })
  return undefined
}

/** How many tiles stay cached while a log is read. */
const MAX_CACHED_TILES = 512

/**
 * Creates a function that reads the tiles of a log and caches them. A log publishes partial tiles only for the sizes of the checkpoints
 * that it publishes, and may delete one when the full tile is there. So ask for the tiles of the published checkpoint, also to compute
 * the root of a smaller tree, such as that of a receipt. The function rejects with a LogDamagedError if a tile is missing.
 */
export function createTileReader(source: LogSource): ReadTile {
  const cached = new LRUCache<string, Promise<Tile>>({ max: MAX_CACHED_TILES })
  return (id) => {
    const path = tilePath(id)
    const tile = cached.get(path) ?? readTileOf(source, id)
    cached.set(path, tile)
    return tile
  }
}

async function readTileOf(source: LogSource, id: Parameters<ReadTile>[0]): Promise<Tile> {
  const path = tilePath(id)
  const bytes = (await source.read(path)) ?? (await source.read(tilePath({ ...id, width: TILE_WIDTH })))
  if (bytes === undefined) return throwDamaged('MISSING', path, 'a file', 'none')
  if (bytes.length < id.width * HASH_BYTES) {
    throwDamaged('MALFORMED', path, `${id.width} hashes of ${HASH_BYTES} bytes`, `${bytes.length} bytes`)
  }
  return createTile(bytes.subarray(0, id.width * HASH_BYTES))
}

/** An entry with its index in the log. */
export interface PlacedEntry {
  readonly index: number
  readonly bytes: Uint8Array
}

/**
 * Yields the entries of a log in order, beginning with entry `from`. Does not verify them: to trust them, verify the log first.
 * @param size the size of the log's published tree
 * @param isPruned whether a bundle may be missing; such a bundle is left out.
 * @throws {LogDamagedError} if another bundle is missing, or one is malformed.
 */
export async function* readEntries(
  source: LogSource,
  size: number,
  from = 0,
  isPruned: (bundle: number) => boolean = () => false,
): AsyncGenerator<PlacedEntry> {
  for (let bundle = Math.floor(from / TILE_WIDTH); bundle * TILE_WIDTH < size; bundle++) {
    const entries = await readBundle(source, bundle, size, isPruned(bundle))
    for (const [at, bytes] of entries.entries()) {
      const index = bundle * TILE_WIDTH + at
      if (index >= from) yield { index, bytes }
    }
  }
}

/**
 * Reads the entries of one bundle.
 * @param mayBeMissing whether a missing bundle has no entries, because it was pruned
 * @throws {LogDamagedError} if the bundle is missing or malformed.
 */
export async function readBundle(
  source: LogSource,
  index: number,
  size: number,
  mayBeMissing = false,
): Promise<readonly Uint8Array[]> {
  const id = { level: 'entries' as const, index, width: tileWidth('entries', index, size) }
  const path = tilePath(id)
  const bytes = (await source.read(path)) ?? (await source.read(tilePath({ ...id, width: TILE_WIDTH })))
  if (bytes === undefined && mayBeMissing) return []
  if (bytes === undefined) throwDamaged('MISSING', path, 'a file', 'none')
  try {
    const entries = decodeBundle(bytes).slice(0, id.width)
    if (entries.length === id.width) return entries
    return throwDamaged('MALFORMED', path, `${id.width} entries`, `${entries.length}`)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return throwDamaged('MALFORMED', path, 'a bundle of entries', error.message)
  }
}

/** A note, and the place where it was found. */
export interface FoundNote {
  readonly note: string
  readonly where: string
}

/** How many consecutive history files may be missing. The largest commit, 4 MiB of entries of two bytes, spans about 500. */
const MAX_MISSING = 1_024

/**
 * Begins with the first history file of a log.
 * @param size the size of the log. One file more than there should be is read, because a log that was rolled back may have it.
 */
export function readHistory(source: LogSource, size: number, report: Report) {
  const files = Math.floor(size / LEAVES_PER_HISTORY_FILE) + 2
  let [file, missing] = [0, 0]

  const next = async (): Promise<readonly FoundNote[]> => {
    const where = historyPath(file++ * LEAVES_PER_HISTORY_FILE)
    const bytes = await source.read(where)
    missing = bytes === undefined ? missing + 1 : 0
    if (bytes === undefined) return []
    const { notes, length, strayAt } = decodeNotes(bytes)
    if (strayAt !== undefined) {
      const came = `a broken one at byte ${length}, and complete ones behind it`
      report({ kind: 'MALFORMED', where, expected: 'complete frames', came })
    }
    return notes.map((note) => ({ note, where }))
  }

  // A checkpoint may claim any size. The walk along the leaves finds their end; this reader must not try each missing file.
  return {
    /** Reads the notes of the next file. Reports a damaged file. Resolves to none if the file does not exist. */
    next,
    /** Returns whether the remaining files need not be tried: they are behind the log's end, or too many of them are missing. */
    isAtEnd: () => file >= files || missing > MAX_MISSING,
  }
}

/**
 * Reads the rotations of a log's key, oldest first. A log whose key was never rotated has none.
 * @throws {NoteError} if the proof of one of them is not valid.
 */
export async function readRotations(source: LogSource): Promise<readonly KeyRotation[]> {
  const rotations: KeyRotation[] = []
  while (rotations.length < MAX_ROTATIONS) {
    const bytes = await source.read(rotationPath(rotations.length))
    if (bytes === undefined) break
    rotations.push(parseRotation(Buffer.from(bytes).toString('utf8')))
  }
  return rotations
}

/** Reads the rotations of the log's key. Reports a wrong one, and then trusts only the keys of the trust policy. */
export async function readKeys(
  source: LogSource,
  policy: Policy,
  report: Report,
): Promise<{ readonly rotations: readonly KeyRotation[]; readonly policy: Policy }> {
  try {
    const rotations = await readRotations(source)
    return { rotations, policy: withRotations(policy, rotations) }
  } catch (error) {
    if (!(error instanceof NoteError)) throw error
    const expected = 'rotations that lead to a key of the trust policy'
    report({ kind: 'SIGNATURE', where: 'rotations', expected, came: error.message })
    return { rotations: [], policy }
  }
}

/** The checkpoint in the folder of a log. */
interface Head {
  readonly note: string
  readonly checkpoint: Checkpoint
  readonly isSigned: boolean
}

/** Reads the checkpoint. Reports a wrong signature, but still returns the checkpoint, because its size says what else to check. */
export async function readHead(source: LogSource, policy: Policy, report: Report): Promise<Head | undefined> {
  const bytes = await source.read('checkpoint')
  if (bytes === undefined) {
    report({ kind: 'MISSING', where: 'checkpoint', expected: 'a file', came: 'none' })
    return undefined
  }
  const note = Buffer.from(bytes).toString('utf8')
  try {
    return { note, checkpoint: checkCheckpoint(bytes, policy).checkpoint, isSigned: true }
  } catch (error) {
    report({
      kind: 'SIGNATURE',
      where: 'checkpoint',
      expected: 'a checkpoint that the log of the trust policy signed',
      came: (error as Error).message,
    })
  }
  const checkpoint = readUncheckedCheckpoint(bytes)
  return checkpoint && { note, checkpoint, isSigned: false }
}
