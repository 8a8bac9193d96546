import type { Stats } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from '../../audit/finding.ts'
import { createTiledTree, type TiledTree } from '../../audit/merkle/tiled-tree.ts'
import { formatBase64 } from '../../audit/note/base64.ts'
import { parseCheckpoint } from '../../audit/note/checkpoint.ts'
import type { NoteSigner } from '../../audit/note/key.ts'
import { parseNote } from '../../audit/note/note.ts'
import { type Policy, parsePolicy } from '../../audit/note/policy.ts'
import { findPresentShard, listPlaces } from '../../audit/shards/places.ts'
import { createTileReader, readEntries, readHead, readKeys } from '../../audit/verify/read-log.ts'
import { folderSource, type LogSource } from '../../audit/verify/source.ts'
import { parseJson } from '../../contract/json-value.ts'

/** The present shard of an audit log, as its folder shows it to somebody who does not open it. */
export interface LogState {
  /** The folder of the present shard. */
  readonly folder: string
  readonly source: LogSource
  /** The origin of the present shard. */
  readonly origin: string
  /** The number of published entries of the present shard. */
  readonly size: number
  /** The root of these entries, in Base 64. */
  readonly root: string
  /** The checkpoint, as a note. */
  readonly note: string
  readonly tree: TiledTree
  /** When the checkpoint was written, in milliseconds since the epoch. */
  readonly publishedMs: number
  /** The time in the newest entry, in milliseconds since the epoch; null if there is none, or it has none. */
  readonly newestMs: number | null
}

/** The log is signed by another key than the one that was given. */
export class ForeignLogError extends Error {
  override readonly name = 'ForeignLogError'
}

/** Returns the trust policy that trusts one log, and asks no witness. */
export function policyOf({ verifier }: Pick<NoteSigner, 'verifier'>): Policy {
  return parsePolicy(`log ${verifier.vkey}\nquorum none\n`)
}

/**
 * Reads the present shard of an audit log, and checks its signature and that its tiles lead to its root.
 * @param home the home of the audit log, which has the folder `log`.
 * @param signer the key of the log; its name is the log’s name.
 * @returns null if the home has no log yet.
 * @throws {ForeignLogError} if the log is not of this key.
 * @throws {Error} if the log is damaged. The message says where.
 */
export async function readLogState(home: string, signer: NoteSigner): Promise<LogState | null> {
  if ((await listPlaces(home)).length === 0) return null
  const { folder } = await findPresentShard(home, signer)
  return readShardState(folder, signer)
}

/** Reads one shard of an audit log, as {@link readLogState} does the present one. */
export async function readShardState(folder: string, signer: NoteSigner): Promise<LogState | null> {
  const checkpointFile = await findCheckpoint(folder)
  if (checkpointFile === null) return null
  const source = folderSource(folder)
  await requireCheckpoint(folder)
  const faults: string[] = []
  let isUnsigned = false
  const report = ({ kind, where, expected, came }: Finding): void => {
    isUnsigned ||= kind === 'SIGNATURE'
    faults.push(`${join(folder, where)}: expected ${expected}; came ${came}`)
  }
  const { policy } = await readKeys(source, policyOf(signer), report)
  const head = await readHead(source, policy, report)
  if (isUnsigned) throw new ForeignLogError(faults[0])
  if (faults[0] !== undefined || head === undefined) throw new Error(faults[0] ?? `${folder}: expected a checkpoint`)
  const { size, root, origin } = head.checkpoint
  const tree = createTiledTree(createTileReader(source), () => size)
  const computed = formatBase64(await tree.root(size))
  if (computed !== formatBase64(root))
    throw new Error(`${folder}: expected tiles of the root ${formatBase64(root)}; came those of ${computed}`)
  const newestMs = size === 0 ? null : await readTime(source, size, size - 1)
  return {
    folder,
    source,
    origin,
    size,
    root: computed,
    note: head.note,
    tree,
    newestMs,
    publishedMs: checkpointFile.mtimeMs,
  }
}

/** How long the first checkpoint of a log may come after its first tiles, in milliseconds. */
const FIRST_CHECKPOINT_MS = 1_000

/**
 * Looks for the file of the checkpoint. Null if the log has published nothing yet.
 * @throws {Error} if the log has tiles without a checkpoint: it is damaged, and not new.
 */
async function findCheckpoint(folder: string): Promise<Stats | null> {
  const look = (name: string): Promise<Stats | null> => stat(join(folder, name)).catch(() => null)
  const found = await look('checkpoint')
  if (found !== null || (await look('tile/0')) === null) return found
  await sleep(FIRST_CHECKPOINT_MS)
  const late = await look('checkpoint')
  if (late === null)
    throw new Error(`${join(folder, 'checkpoint')}: expected the checkpoint of the tiles beside it; came none`)
  return late
}

/** A file that does not hold a checkpoint says nothing of keys. */
async function requireCheckpoint(folder: string): Promise<void> {
  const file = join(folder, 'checkpoint')
  try {
    parseCheckpoint(parseNote(await readFile(file, 'utf8')).text)
  } catch (cause) {
    const { message } = cause as Error
    throw new Error(`${file}: expected a checkpoint; came a file that is damaged or cannot be read (${message})`, {
      cause,
    })
  }
}

/** Reads the time of an entry, in milliseconds since the epoch; null if it has none. */
export async function readTime(source: LogSource, size: number, index: number): Promise<number | null> {
  for await (const { bytes } of readEntries(source, size, index)) {
    const { time } = Object(parseJson(Buffer.from(bytes).toString('utf8'))) as { readonly time?: unknown }
    const ms = Date.parse(String(time))
    return Number.isNaN(ms) ? null : ms
  }
  return null
}
