import { createSecretKey, type KeyObject } from 'node:crypto'
import { throwDamaged } from '../finding.ts'
import { decodeBundle } from '../merkle/entry-bundle.ts'
import { type Hash, hashLeaf, isSameHash } from '../merkle/hash.ts'
import { createTile, TILE_WIDTH, type Tile, type TileId, tilePath, tileWidth } from '../merkle/tile.ts'
import { formatBase64 } from '../note/base64.ts'
import { type Checkpoint, parseCheckpoint } from '../note/checkpoint.ts'
import type { NoteSigner } from '../note/key.ts'
import { parseNote } from '../note/note.ts'
import {
  followRotations,
  isSameKey,
  type KeyPeriod,
  type KeyRotation,
  MAX_ROTATIONS,
  openLogCheckpoint,
  parseRotation,
  rotationPath,
} from '../note/rotation.ts'
import { keyPath, type SaltStore } from '../salts/salts.ts'
import { encodeErased, idOfSlot } from '../salts/slot.ts'
import type { LogStorage } from './folder-storage.ts'
import { decodeFrames, decodeNotes, historyPaths } from './history.ts'
import { journalPath, newJournalFile } from './journal.ts'
import { decodeJournal, erasuresOf, type JournalFrame, type JournalHeader, type ReadJournal } from './journal-frames.ts'
import { addSaltsToStore } from './publish.ts'
import {
  createGrowingTree,
  createTail,
  type Edge,
  type GrowingTree,
  type HashTileId,
  type JournalFile,
  type LogState,
  type PendingSalts,
  type Repair,
  signTree,
  type Tail,
} from './state.ts'

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

/** The journal has salts that are not in the store yet, and the log was opened without the store. */
export class SaltStoreMissingError extends Error {
  override readonly name = 'SaltStoreMissingError'

  constructor(path: string) {
    super(
      `${path} holds salts that are not in their store yet; expected the folder of the store. It is the folder "salts" beside the log's ` +
        'folder: put it back there, or name it',
    )
  }
}

/** The beginning of a frame that was not finished is overwritten with these zeroes. Nobody can then mistake it for a frame. */
const ZEROES = Buffer.alloc(512)

/**
 * Adds the journal's entries to the tree. Entries of the journal that are already published must be the same ones. The log
 * acknowledged the further entries, or was about to, so the tree takes them. Signs the checkpoint of each commit again: Ed25519
 * is deterministic, so the bytes are the same.
 * @throws {LogDamagedError} if the journal is damaged or does not continue where the log ends.
 * @throws {SaltStoreMissingError} if the journal has salts, and the log was opened without their store.
 */
async function replayJournal(state: LogState): Promise<readonly Repair[]> {
  const repairs: Repair[] = []
  const names = [...(await state.storage.list('journal'))].sort()
  const older = names.filter((name) => /^\d{16}$/.test(name))
  const before = state.tree.size()
  for (const name of older) {
    const torn = await replayOlderFile(state, `journal/${name}`, name === older.at(-1))
    if (torn !== undefined) repairs.push(torn)
  }
  for (const name of names.filter((each) => each.endsWith('.v2'))) {
    const torn = await replayFile(state, `journal/${name}`)
    if (torn !== undefined) repairs.push(torn)
  }
  await state.salts?.keepKeys(state.journal.flatMap(({ header }) => header?.id ?? []))
  const replayed = state.tree.size() - before
  if (replayed > 0) {
    const what = `took ${replayed} entries beyond the published checkpoint from the journal`
    repairs.push({ kind: 'REPLAYED', where: `entries from ${before} on`, what })
  }
  return repairs
}

async function replayFile(state: LogState, path: string): Promise<Repair | undefined> {
  const bytes = (await state.storage.read(path)) ?? new Uint8Array()
  const journal = decodeJournal(bytes)
  const { header, frames, length, isTorn } = journal
  expectNoStray(journal, path, state)
  const first = header?.first ?? Number(path.slice('journal/'.length, -'.v2'.length))
  if (journalPath(first) !== path) throwDamaged('GAP', path, journalPath(first), path)
  if (first > state.tree.size()) throwDamaged('GAP', path, `entry ${state.tree.size()}`, `entry ${first}`)
  for (const frame of frames) {
    await replayEntries(state, frame.first, decodeBundle(frame.bundle), path)
  }
  const key = header && (await replaySalts(state, path, header, journal))
  state.journal.push(reopenFile(state, path, { header, first, used: length, allocated: bytes.length, key }))
  // This also syncs what a process that was killed had written.
  if (header !== undefined && length < bytes.length) {
    await state.storage.overwrite(path, length, ZEROES.subarray(0, bytes.length - length))
  }
  if (!isTorn) return undefined
  return { kind: 'TORN_JOURNAL', where: path, what: `dropped a torn write at byte ${length}` }
}

/** A file whose creation was torn is created again, under the same name. */
function reopenFile(
  state: LogState,
  path: string,
  { header, first, ...place }: Omit<JournalFile, 'path'>,
): JournalFile {
  if (header === undefined && first === state.tree.size()) return newJournalFile(first)
  return { path, header, first, ...place }
}

/**
 * A frame behind a broken one was written when the broken one was durable. A file without a header has no frame that anybody relies on,
 * unless its entries are not published.
 */
function expectNoStray({ header, length, stray }: ReadJournal, path: string, { tree }: LogState): void {
  if (stray === undefined) return
  if (header === undefined && stray.first + decodeBundle(stray.bundle).length <= tree.size()) return
  const broken = header === undefined ? 'a broken header' : `a broken one at byte ${length}`
  throwDamaged('MALFORMED', path, 'complete frames', `${broken}, and a complete one at byte ${stray.at}`)
}

/** Finds the salts that are not in the store yet. Returns the key of the file, if it has one. */
async function replaySalts(
  state: LogState,
  path: string,
  { id }: JournalHeader,
  journal: ReadJournal,
): Promise<KeyObject | undefined> {
  const salted = journal.frames.filter(({ salts }) => salts.length > 0)
  if (salted.length === 0) return undefined
  const { salts } = state
  if (salts === undefined) throw new SaltStoreMissingError(path)
  const key = await salts.readKey(id)
  if (key !== undefined) {
    await finishErasures(state, path, journal)
    await addSaltsToStore(
      state,
      salted.flatMap((frame) => readPending(frame, path, key)),
    )
    return createSecretKey(key)
  }
  const ids = salted.flatMap((frame) => frame.salts.map((salt) => salt.id))
  if ((await salts.look(ids)).includes('UNKNOWN')) throwDamaged('MISSING', keyPath(id), `the key of ${path}`, 'none')
  return undefined
}

/** Overwrites what is left of salts whose erasure a power cut tore. */
async function finishErasures({ storage }: LogState, path: string, journal: ReadJournal): Promise<void> {
  const torn = journal.frames.flatMap(({ salts }) => salts.filter(({ isErased, isGone }) => isErased && !isGone))
  for (const { id } of torn) {
    for (const { at, bytes } of erasuresOf(journal, id)) await storage.overwrite(path, at, bytes)
  }
}

function readPending(frame: JournalFrame, path: string, key: Uint8Array): readonly PendingSalts[] {
  const opened = new Map(frame.openSlots(key).map((slot) => [Buffer.from(idOfSlot(slot)).toString('hex'), slot]))
  return frame.salts.map(({ id, isErased, at }) => {
    const slot = isErased ? undefined : opened.get(Buffer.from(id).toString('hex'))
    return { slots: slot ?? encodeErased(id), isErased, path, at }
  })
}

/** Adds the entries of a journal file in the form of version 0.2, which has no salts. */
async function replayOlderFile(state: LogState, path: string, isLast: boolean): Promise<Repair | undefined> {
  const bytes = (await state.storage.read(path)) ?? new Uint8Array()
  const { frames, length, strayAt } = decodeFrames(bytes)
  if (strayAt !== undefined || (!isLast && length < bytes.length)) {
    throwDamaged('MALFORMED', path, 'complete frames', `a broken one at byte ${length}, and complete ones behind it`)
  }
  const first = frames[0]?.first ?? state.tree.size()
  if (frames.length > 0 && path !== `journal/${String(first).padStart(16, '0')}`) {
    throwDamaged('GAP', path, `journal/${String(first).padStart(16, '0')}`, path)
  }
  for (const frame of frames) await replayEntries(state, frame.first, frame.entries, path)
  const place = { used: length, allocated: bytes.length, key: undefined }
  state.journal.push({ path, first, header: undefined, ...place })
  if (length === bytes.length) return undefined
  return { kind: 'TORN_JOURNAL', where: path, what: `dropped ${bytes.length - length} bytes of a torn write` }
}

async function replayEntries(
  state: LogState,
  first: number,
  entries: readonly Uint8Array[],
  path: string,
): Promise<void> {
  const { tree, tail, signer } = state
  if (first > tree.size()) throwDamaged('GAP', path, `entry ${tree.size()}`, `entry ${first}`)
  for (const [at, entry] of entries.entries()) {
    const index = first + at
    if (index < tree.size()) {
      const tile = await tree.readTile({ level: 0, index: Math.floor(index / 256), width: (index % 256) + 1 })
      expectLeaf(entry, index, tile.node(0, index % 256), path)
    } else {
      tree.push(hashLeaf(entry))
      tail.push(entry)
    }
  }
  if (first + entries.length > state.latest.size) {
    state.latest = signTree(tree, signer)
    state.checkpointsForHistory.push(state.latest)
  }
}

/** Reads the keys of a log when it is opened, and finishes a rotation that a crash interrupted. */

/** The signer key that the log was opened with is not the key in force, because it was replaced. */
export class ReplacedKeyError extends Error {
  override readonly name = 'ReplacedKeyError'

  constructor({ index, newKey }: KeyRotation, given: NoteSigner) {
    super(
      `the key ${given.verifier.vkey} of the log was replaced at entry ${index}; expected the signer key of ${newKey.vkey}. Use the file ` +
        'that `istmo audit rotate-key` wrote',
    )
  }
}

/** The keys of an open log. */
interface LogKeys {
  /** The key in force. */
  readonly signer: NoteSigner
  readonly rotations: readonly KeyRotation[]
  readonly periods: readonly KeyPeriod[]
}

/**
 * Reads the rotations of a log, and chooses the key in force: the given key or, if a rotation to it was begun, its `next`. The given key then signs too.
 * @throws {ReplacedKeyError} if neither is in force.
 * @throws {LogDamagedError} if the proof of a rotation is not valid.
 */
export async function loadKeys(storage: Pick<LogStorage, 'read'>, given: NoteSigner): Promise<LogKeys> {
  const rotations = await loadRotations(storage)
  const last = rotations.at(-1)
  if (last === undefined) return { signer: given, rotations, periods: followRotations([given.verifier], []) }
  const { next, ...present } = given
  const candidates: readonly NoteSigner[] = next === undefined ? [given] : [given, { ...next, previous: present }]
  const signer = candidates.find(({ verifier }) => isSameKey(verifier, last.newKey))
  if (signer === undefined) throw new ReplacedKeyError(last, given)
  try {
    return { signer, rotations, periods: followRotations([signer.verifier], rotations) }
  } catch (error) {
    return throwDamaged('SIGNATURE', 'rotations', 'rotations that follow one another', (error as Error).message)
  }
}

async function loadRotations(storage: Pick<LogStorage, 'read'>): Promise<readonly KeyRotation[]> {
  const rotations: KeyRotation[] = []
  while (rotations.length < MAX_ROTATIONS) {
    const path = rotationPath(rotations.length)
    const bytes = await storage.read(path)
    if (bytes === undefined) break
    try {
      rotations.push(parseRotation(Buffer.from(bytes).toString('utf8')))
    } catch (error) {
      throwDamaged('SIGNATURE', path, 'the proof of a rotation, signed with both keys', (error as Error).message)
    }
  }
  return rotations
}

/**
 * Checks that the tree has the entry of each rotation. The file of a rotation is written before the tree has its entry, so after a
 * crash the entry of the last one may be missing. It is then added from the file.
 * @throws {LogDamagedError} if the tree has another entry there, or ends before it.
 */
async function adoptRotation(state: LogState): Promise<readonly Repair[]> {
  const { tree, tail, rotations } = state
  const repairs: Repair[] = []
  for (const [at, { index, entry, checkpoint }] of rotations.entries()) {
    const where = rotationPath(at)
    const size = tree.size()
    if (index < size) {
      const tile = { level: 0, index: Math.floor(index / TILE_WIDTH), width: (index % TILE_WIDTH) + 1 }
      expectLeaf(entry, index, (await tree.readTile(tile)).node(0, index % TILE_WIDTH), where)
      continue
    }
    if (index > size) {
      throwDamaged('ROLLBACK', where, `at least the ${index} entries before the key was replaced`, `${size} entries`)
    }
    tree.push(hashLeaf(entry))
    tail.push(entry)
    const { root } = parseCheckpoint(parseNote(checkpoint).text)
    if (!isSameHash(tree.head(), root)) {
      throwDamaged('ROOT', where, formatBase64(root), `${formatBase64(tree.head())} from the tiles`)
    }
    state.latest = { size: index + 1, note: checkpoint }
    state.checkpointsForHistory.push(state.latest)
    repairs.push({ kind: 'KEY_ROTATED', where, what: `finished the rotation of the key at entry ${index}` })
  }
  return repairs
}

/**
 * Checks that an entry is the one that was hashed into the tree.
 * @param leaf the leaf's hash in the tile; undefined if the tile does not have it
 * @param file the path of the file that has the entry, for the message
 * @throws {LogDamagedError} if it is another entry.
 */
function expectLeaf(entry: Uint8Array, index: number, leaf: Hash | undefined, file: string): void {
  const came = hashLeaf(entry)
  if (leaf !== undefined && isSameHash(came, leaf)) return
  const expected = leaf === undefined ? 'a leaf in the tile' : formatBase64(leaf)
  throwDamaged('ENTRY', `entry ${index} in ${file}`, expected, formatBase64(came))
}
