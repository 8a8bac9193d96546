import { constants } from 'node:fs'
import { chmod, copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeFrames, encodeFrame, historyPaths } from '../../audit/log/history.ts'
import { encodeBundle } from '../../audit/merkle/entry-bundle.ts'
import { HASH_BYTES } from '../../audit/merkle/hash.ts'
import { TILE_WIDTH, type TileId, tilePath, tilesOf, tileWidth } from '../../audit/merkle/tile.ts'
import { parseCheckpoint } from '../../audit/note/checkpoint.ts'
import { parseNote } from '../../audit/note/note.ts'
import { SLOT_BYTES } from '../../audit/salts/slot.ts'
import { listPlaces } from '../../audit/shards/places.ts'
import { readBundle } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { KNOWN_FOLDER } from '../../service/audit-log/others-checkpoints.ts'
import { AUDIT_LOG_FOLDERS } from '../../service/audit-log/recorder.ts'
import { FolderInUseError, lockFolder } from '../../service/folder-lock/folder-lock.ts'

/**
 * Copies an audit log while its process writes it. The copy is the log as of one checkpoint: everything behind it is left out, so it needs no journal,
 * and it opens like a log that was closed at that moment. The process is not asked and not slowed down.
 */

/** The permissions of a copied file. */
const PRIVATE = 0o600

/** How long the process of a log may take to publish what it has written, in milliseconds: twice what it usually takes for two publications. */
const PUBLISH_PATIENCE_MS = 5_000

/**
 * Waits until a log has published what was durable at a moment: its process does so a second after each commit. A log that no process has open
 * is not waited for. A process that writes nothing has nothing to publish, and is waited for in vain, without an error.
 */
export async function waitForPublication(home: string, sinceMs: number): Promise<void> {
  const newest = (await listPlaces(home)).at(-1)
  if (newest === undefined || !(await isFolderOpen(join(home, newest.path)))) return
  const until = performance.now() + PUBLISH_PATIENCE_MS
  const file = join(home, newest.path, 'checkpoint')
  // The first publication may have begun before the moment, and lack what came while it was made. The next one has it.
  const seen = new Set<number>()
  while (performance.now() < until) {
    const found = await stat(file).catch(() => null)
    if (found !== null && found.mtimeMs > sinceMs) seen.add(found.mtimeMs)
    if (seen.size > 1) return
    await sleep(50)
  }
}

/**
 * Checks whether a process has a folder open for writing: a log or an embedded database.
 * @param file the lock file, if it is not in the folder
 */
export async function isFolderOpen(folder: string, file?: string): Promise<boolean> {
  try {
    const lock = await lockFolder(folder, { patienceMs: 0, ...(file !== undefined && { file }) })
    lock.release()
    return false
  } catch (error) {
    if (error instanceof FolderInUseError) return true
    throw error
  }
}

/**
 * Copies the home of an audit log: each shard as of its checkpoint, the salts, the texts that entries name, and the checkpoints of others.
 * @param hasSalts whether the salts are copied. Without them nobody can open the commitments of the copy, and no erased salt lives on in it.
 * @throws {Error} if a file of a shard is missing or damaged.
 */
export async function copyAuditLog(
  home: string,
  target: string,
  { hasSalts }: { readonly hasSalts: boolean },
): Promise<void> {
  for (const { path } of await listPlaces(home)) await copyShard(join(home, path), join(target, path))
  await mkdir(join(target, AUDIT_LOG_FOLDERS.salts), { recursive: true, mode: 0o700 })
  if (hasSalts) await copySalts(join(home, AUDIT_LOG_FOLDERS.salts), join(target, AUDIT_LOG_FOLDERS.salts))
  for (const folder of [AUDIT_LOG_FOLDERS.kept, KNOWN_FOLDER]) await copyTree(join(home, folder), join(target, folder))
}

/** Copies one shard as of the checkpoint that it has now. */
async function copyShard(from: string, to: string): Promise<void> {
  const source = folderSource(from)
  const note = await source.read('checkpoint')
  if (note === undefined) return
  const { size } = parseCheckpoint(parseNote(note).text)
  // Each of these only grows, and has what the checkpoint needs already.
  for (const folder of ['rotations', 'prunings']) await copyTree(join(from, folder), join(to, folder))
  for (const id of tilesOf(size)) await put(to, tilePath(id), await readTile(source, id))
  for (let index = 0; tileWidth('entries', index, size) > 0; index++) await copyBundle(source, to, index, size)
  for (const path of historyPaths(size)) {
    const bytes = await source.read(path)
    if (bytes === undefined) continue
    const kept = decodeFrames(bytes).frames.filter(({ first }) => first <= size)
    if (kept.length > 0) await put(to, path, Buffer.concat(kept.map(encodeFrame)))
  }
  // Nothing is the log before its checkpoint is there.
  await put(to, 'checkpoint', note)
}

type Source = ReturnType<typeof folderSource>

/** Reads a hash tile of the width that it has under the checkpoint. The log may have replaced a partial one by a wider one since. */
async function readTile(source: Source, id: TileId): Promise<Uint8Array> {
  const bytes = (await source.read(tilePath(id))) ?? (await source.read(tilePath({ ...id, width: TILE_WIDTH })))
  if (bytes === undefined || bytes.length < id.width * HASH_BYTES)
    throw new Error(
      `${source.name}: expected ${tilePath(id)} with ${id.width} hashes; came ${bytes?.length ?? 'no'} bytes`,
    )
  return bytes.subarray(0, id.width * HASH_BYTES)
}

async function copyBundle(source: Source, to: string, index: number, size: number): Promise<void> {
  const id = { level: 'entries' as const, index, width: tileWidth('entries', index, size) }
  // A pruned bundle is missing; whoever verifies the copy sees whether it may be.
  const entries = await readBundle(source, index, size, true)
  if (entries.length > 0) await put(to, tilePath(id), encodeBundle(entries))
}

/** Copies the salts that are whole. One that is being written belongs to an entry behind the checkpoint. */
async function copySalts(from: string, to: string): Promise<void> {
  for (const hour of await readdir(join(from, 'hours')).catch(() => [])) {
    const bytes = await readFile(join(from, 'hours', hour))
    await put(to, join('hours', hour), bytes.subarray(0, bytes.length - (bytes.length % SLOT_BYTES)))
  }
}

/** Copies a folder with everything in it. A folder that does not exist, and a file that vanishes meanwhile, are left out. */
export async function copyTree(from: string, to: string): Promise<void> {
  const found = await readdir(from, { withFileTypes: true }).catch(() => [])
  for (const each of found) {
    const [source, target] = [join(from, each.name), join(to, each.name)]
    if (each.isDirectory()) await copyTree(source, target)
    if (each.isFile()) await copyPrivate(source, target)
  }
}

/** Copies a file, readable only by its owner. A file that does not exist is left out. */
export async function copyPrivate(from: string, to: string): Promise<boolean> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  await chmod(to, PRIVATE)
  return true
}

async function put(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  const file = join(folder, path)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(file, bytes, { mode: PRIVATE, flag: 'wx' })
}
