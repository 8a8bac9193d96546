import { throwDamaged } from '../finding.ts'
import { decodeBundle } from '../merkle/entry-bundle.ts'
import { isSameHash } from '../merkle/hash.ts'
import { createTile, type Tile } from '../merkle/tile.ts'
import { TILE_WIDTH, type TileId, tilePath, tileWidth } from '../merkle/tile-path.ts'
import { formatBase64 } from '../note/base64.ts'
import type { Checkpoint } from '../note/checkpoint.ts'
import type { NoteSigner } from '../note/key.ts'
import { type KeyPeriod, openLogCheckpoint } from '../note/rotation.ts'
import type { SaltStore } from '../salts/salt-store.ts'
import { expectLeaf } from './expect-leaf.ts'
import { createGrowingTree, type Edge, type GrowingTree, type HashTileId } from './growing-tree.ts'
import { decodeNotes, historyPaths } from './history.ts'
import { adoptRotation, loadKeys } from './load-keys.ts'
import { replayJournal } from './replay.ts'
import { type LogState, type Repair, signTree } from './state.ts'
import type { LogStorage } from './storage.ts'
import { createTail, type Tail } from './tail.ts'

/**
 * Opens the log on disk: the published checkpoint with the right edge of its tiles, and the journal's entries beyond it. Repairs
 * what a crash leaves.
 *
 * It checks the edge (and computes the root from it), the entries of the last bundle, the newest history files and the complete
 * journal. `verifyLog` checks older tiles and bundles.
 * @throws {LogDamagedError} for any other damage; it says where.
 * @throws {ReplacedKeyError} if `given` is a key that was replaced by another one.
 * @throws {SaltStoreMissingError} if the journal has salts, and there is no store for them.
 */
export async function recoverLog(
  storage: LogStorage,
  given: NoteSigner,
  salts?: SaltStore,
): Promise<{ readonly state: LogState; readonly repairs: readonly Repair[] }> {
  const { signer, rotations, periods } = await loadKeys(storage, given)
  const note = (await readNote(storage)) ?? (await beginLog(storage, signer))
  const published = openSigned(note, periods, 'checkpoint')
  const tree = await loadTree(storage, published)
  const tail = await loadTail(storage, tree, published.size)
  const state: LogState = {
    storage,
    signer,
    rotations,
    periods,
    tree,
    tail,
    latest: { size: published.size, note },
    published: { size: published.size, note },
    checkpointsForHistory: [],
    journal: [],
    salts,
    saltsToStore: [],
    historyLengths: new Map(),
  }
  const repairs = [...(await adoptRotation(state)), ...(await replayJournal(state))]
  return { state, repairs: [...repairs, ...(await loadHistory(state))] }
}

async function readNote(storage: LogStorage): Promise<string | undefined> {
  const bytes = await storage.read('checkpoint')
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
}

/** Writes the first checkpoint, of a tree without entries. A folder that has files but no checkpoint is not a new log. */
async function beginLog(storage: LogStorage, signer: NoteSigner): Promise<string> {
  for (const folder of ['tile', 'checkpoints', 'journal', 'rotations']) {
    const [name] = await storage.list(folder)
    if (name !== undefined)
      throwDamaged('MISSING', 'checkpoint', 'the checkpoint of the files beside it', `none, and ${folder}/${name}`)
  }
  const { note } = signTree(createGrowingTree({ size: 0, tiles: [] }, noTile), signer)
  await storage.write([{ path: 'checkpoint', bytes: Buffer.from(note) }])
  return note
}

async function noTile(id: TileId): Promise<Tile> {
  throw new RangeError(`no tile at ${tilePath(id)}`)
}

/** Reads a checkpoint, and checks that this log signed it with the key that was in force. */
function openSigned(note: string, periods: readonly KeyPeriod[], where: string): Checkpoint {
  try {
    return openLogCheckpoint(note, periods)
  } catch (error) {
    const keys = periods.map(({ verifier }) => verifier.vkey).join(' or ')
    return throwDamaged('SIGNATURE', where, `a checkpoint signed by ${keys}`, (error as Error).message)
  }
}

async function loadTree(storage: LogStorage, { size, root }: Checkpoint): Promise<GrowingTree> {
  const tiles: Tile[] = []
  for (let level = 0; TILE_WIDTH ** level <= size; level++) {
    const index = Math.floor(size / TILE_WIDTH ** (level + 1))
    const width = tileWidth(level, index, size)
    tiles.push(width === 0 ? createTile() : await readHashTile(storage, { level, index, width }))
  }
  const edge: Edge = { size, tiles }
  const tree = createGrowingTree(edge, (id) => readHashTile(storage, id))
  if (!isSameHash(tree.head(), root)) {
    throwDamaged(
      'ROOT',
      `checkpoint of size ${size}`,
      formatBase64(root),
      `${formatBase64(tree.head())} from the tiles`,
    )
  }
  return tree
}

/** Reads a hash tile of the requested width. If the partial tile no longer exists, reads the full one (tlog-tiles, Partial Tiles). */
async function readHashTile(storage: LogStorage, id: HashTileId): Promise<Tile> {
  const bytes = await readPartial(storage, id)
  if (bytes.length < id.width * 32) {
    throwDamaged('MALFORMED', tilePath(id), `${id.width} hashes of 32 bytes`, `${bytes.length} bytes`)
  }
  return createTile(bytes.subarray(0, id.width * 32))
}

async function readPartial(storage: LogStorage, id: TileId): Promise<Uint8Array> {
  const bytes = (await storage.read(tilePath(id))) ?? (await storage.read(tilePath({ ...id, width: TILE_WIDTH })))
  return bytes ?? throwDamaged('MISSING', tilePath(id), 'a file', 'none')
}

/** Reads the entries of the last bundle if it is partial, and checks each entry against its leaf. */
async function loadTail(storage: LogStorage, tree: GrowingTree, size: number): Promise<Tail> {
  const index = Math.floor(size / TILE_WIDTH)
  const width = size % TILE_WIDTH
  const tail = createTail(index)
  if (width === 0) return tail
  const id = { level: 'entries' as const, index, width }
  const entries = readBundle(await readPartial(storage, id), tilePath(id)).slice(0, width)
  if (entries.length < width) throwDamaged('MALFORMED', tilePath(id), `${width} entries`, `${entries.length}`)
  const tile = await tree.readTile({ level: 0, index, width })
  for (const [at, entry] of entries.entries()) {
    expectLeaf(entry, index * TILE_WIDTH + at, tile.node(0, at), tilePath(id))
    tail.push(entry)
  }
  return tail
}

/** Reads a bundle. Throws a LogDamagedError if it is malformed. */
function readBundle(bytes: Uint8Array, where: string): readonly Uint8Array[] {
  try {
    return decodeBundle(bytes)
  } catch (error) {
    return throwDamaged('MALFORMED', where, 'a bundle of entries', (error as Error).message)
  }
}

/** Reads the newest history files. Checks that they have only checkpoints of this tree, and that the published one is among them. */
async function loadHistory(state: LogState): Promise<readonly Repair[]> {
  const repairs: Repair[] = []
  const sizes = new Set<number>()
  for (const path of historyPaths(state.tree.size(), state.published.size)) {
    const bytes = (await state.storage.read(path)) ?? new Uint8Array()
    const { notes, length, strayAt } = decodeNotes(bytes)
    if (strayAt !== undefined) {
      throwDamaged('MALFORMED', path, 'complete frames', `a broken one at byte ${length}, and complete ones behind it`)
    }
    for (const note of notes) sizes.add(await checkPast(note, path, state))
    state.historyLengths.set(path, length)
    if (length < bytes.length) {
      repairs.push({
        kind: 'TORN_HISTORY',
        where: path,
        what: `dropped ${bytes.length - length} bytes of a torn write`,
      })
    }
  }
  const { size } = state.published
  if (size > 0 && !sizes.has(size)) {
    throwDamaged('MISSING', historyPaths(size, size).join(), `the checkpoint of size ${size}`, 'none')
  }
  state.checkpointsForHistory = state.checkpointsForHistory.filter((checkpoint) => !sizes.has(checkpoint.size))
  return repairs
}

/** Checks that an older checkpoint is of this tree. Returns its size. */
async function checkPast(note: string, path: string, { tree, periods }: LogState): Promise<number> {
  const { size, root } = openSigned(note, periods, path)
  if (size > tree.size()) {
    throwDamaged(
      'ROLLBACK',
      path,
      `at least the ${size} entries of a checkpoint that was signed`,
      `${tree.size()} entries`,
    )
  }
  const came = await tree.root(size)
  if (!isSameHash(came, root)) {
    throwDamaged(
      'ROOT',
      `checkpoint of size ${size} in ${path}`,
      formatBase64(root),
      `${formatBase64(came)} from the tiles`,
    )
  }
  return size
}
