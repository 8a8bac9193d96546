import type { Stats } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Finding } from '../../audit/finding.ts'
import { HASH_BYTES } from '../../audit/merkle/hash.ts'
import { isIncluded } from '../../audit/merkle/proof.ts'
import { TILE_WIDTH, tilePath, tileWidth } from '../../audit/merkle/tile.ts'
import { createTiledTree, type TiledTree } from '../../audit/merkle/tiled-tree.ts'
import { formatBase64 } from '../../audit/note/base64.ts'
import { parseCheckpoint } from '../../audit/note/checkpoint.ts'
import type { NoteSigner } from '../../audit/note/key.ts'
import { parseNote } from '../../audit/note/note.ts'
import { type Policy, parsePolicy } from '../../audit/note/policy.ts'
import { nameOfLog } from '../../audit/note/shard-name.ts'
import { findPresentShard, listPlaces } from '../../audit/shards/places.ts'
import { askWitnesses } from '../../audit/verify/judge-witnesses.ts'
import { readPrunings } from '../../audit/verify/prunings.ts'
import { createTileReader, readEntries, readHead, readKeys } from '../../audit/verify/read-log.ts'
import { folderSource, type LogSource } from '../../audit/verify/source.ts'
import { checkLeaves, readLeafFiles } from '../../audit/verify/verify-entries.ts'
import { parseJson } from '../../contract/json-value.ts'
import { HEARTBEAT_EVERY_MS } from '../../service/audit-log/heartbeat.ts'
import { readLogSigner } from '../../service/audit-log/key-files.ts'
import { AUDIT_LOG_FOLDERS } from '../../service/audit-log/recorder.ts'
import { describeProcess, findLockHolder } from '../../service/folder-lock/folder-lock.ts'
import { readSetting } from '../../service/read-setting.ts'
import { settingName } from '../../subgraphs/kit/settings.ts'
import { type AreaFinding, noteOf, reasonOf, rulesWrong } from '../check/finding.ts'
import type { NodePlace } from './node-place.ts'

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
class ForeignLogError extends Error {
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

/** What {@link lookAtLog} saw of the files of a log. */
interface LookedAt {
  /** How many entries it read. */
  readonly read: number
  /** How many entries the log has, in all of its shards. */
  readonly size: number
  /** What is wrong, each as a line for people; at most {@link MAX_FAULTS}. */
  readonly faults: readonly string[]
}

/** How long the doctor reads a log, in milliseconds. */
const READ_MS = 5_000

/** How many of the newest tiles come first: a disk that fails damages what was written last, and nobody has a copy of it yet. */
const NEWEST_TILES = 64

/** After so many faults it is known that the log is damaged. */
const MAX_FAULTS = 5

/**
 * Reads the files of a log, each bundle against its tile and each tile against the root in the checkpoint: the newest part first, and then the others by
 * chance, as far as the time goes. `istmo audit verify` reads all, and checks also the signatures of the shards that have ended.
 * @param home the home of the audit log.
 * @param signer the key of the log.
 * @param now milliseconds of a clock that only goes forward.
 */
export async function lookAtLog(
  home: string,
  signer: NoteSigner,
  now: () => number = () => performance.now(),
): Promise<LookedAt> {
  const faults: string[] = []
  const shards = await Promise.all((await listPlaces(home)).map(({ path }) => openShard(join(home, path), signer)))
  const tiles = shards.flatMap(({ size, check }) =>
    Array.from({ length: Math.ceil(size / TILE_WIDTH) }, (_, index) => () => check(index, faults)),
  )
  const until = now() + READ_MS
  let read = 0
  for (let left = tiles.length; left > 0 && faults.length < MAX_FAULTS && now() < until; left--) {
    const isNewest = tiles.length - left < NEWEST_TILES
    const at = isNewest ? left - 1 : Math.floor(Math.random() * left)
    const [check, last] = [tiles[at], tiles[left - 1]]
    if (check === undefined || last === undefined) break
    tiles[at] = last
    read += await check()
  }
  return { read, size: shards.reduce((sum, shard) => sum + shard.size, 0), faults: faults.slice(0, MAX_FAULTS) }
}

async function openShard(folder: string, signer: NoteSigner) {
  const source = folderSource(folder)
  // An ended shard may have been signed with a key that was replaced. The signature of the present one is checked by readLogState.
  const ignore = (): void => undefined
  const { policy, rotations } = await readKeys(source, policyOf(signer), ignore)
  const head = await readHead(source, policy, ignore)
  if (head === undefined) return { size: 0, check: async () => 0 }
  const { size, root, origin } = head.checkpoint
  const prunings = await readPrunings(source, origin, policy)
  const tree = createTiledTree(createTileReader(source), () => size)
  const isInTree = async (leaves: Uint8Array, first: number): Promise<boolean> => {
    // The path of the first leaf is made of all hashes of its tile, and of all of each tile above it.
    const path = await tree.inclusion(first, size).catch(() => [])
    return isIncluded(leaves.subarray(0, HASH_BYTES), first, size, path, root)
  }
  const check = async (index: number, faults: string[]): Promise<number> => {
    const width = tileWidth(0, index, size)
    const report = ({ where, expected, came }: Finding): void =>
      void faults.push(`${join(folder, where)}: expected ${expected}; came ${came}`)
    const options = { size, rotations, prunings, hashesOnly: false }
    const leaves = checkLeaves(await readLeafFiles(source, { index, width }, options), options, report)
    if (leaves === undefined || (await isInTree(leaves, index * TILE_WIDTH))) return width
    const where = tilePath({ level: 0, index, width })
    faults.push(
      `${join(folder, where)}: expected hashes that lead to the root in the checkpoint; came others, here or in a tile above it`,
    )
    return width
  }
  return { size, check }
}

const note = noteOf('log')

/** Looks at the audit log of a node without opening it: its key, its tree, who has it open, and what witnesses know of it. */
export async function checkLog({ config }: NodePlace, now: number): Promise<readonly AreaFinding[]> {
  const { auditLogDir: home, auditLogKey: keyFile } = config
  if (home === undefined || keyFile === undefined)
    return [{ ...note('LOG_NONE'), ...(config.development && { severity: 'warning' }) }]
  // The area of the keys says what is wrong with the key.
  const signer = await readLogSigner(keyFile).catch(() => null)
  if (signer === null) return []
  let state: LogState | null
  try {
    state = await readLogState(home, signer)
  } catch (error) {
    const reason = reasonOf(error)
    const isForeign = error instanceof ForeignLogError
    return [isForeign ? note('LOG_KEY', home, keyFile, reason) : note('LOG_DAMAGED', reason)]
  }
  if (state === null) return [note('LOG_NEW', home)]
  const { origin, size, publishedMs, newestMs, folder } = state
  const findings = [note('LOG_READ', origin, size, new Date(publishedMs).toISOString())]
  const salts = join(home, AUDIT_LOG_FOLDERS.salts)
  if ((await stat(salts).catch(() => null)) === null) findings.push(note('LOG_SALTS', salts))
  const pid = findLockHolder([folder, join(folder, 'lock')])
  if (pid === undefined) findings.push(note('LOG_FREE'))
  else findings.push(tellHolder(describeProcess(pid), newestMs, now))
  return [
    ...findings,
    ...tellFiles(await lookAtLog(home, signer)),
    ...(await checkWitnesses(config.trustPolicy, state)),
  ]
}

function tellFiles({ read, size, faults }: LookedAt): readonly AreaFinding[] {
  if (faults.length > 0) return faults.map((fault) => note('LOG_DAMAGED', fault))
  return [read < size ? note('LOG_PART', read, size) : note('LOG_FILES', read)]
}

function tellHolder(holder: string, newestMs: number | null, now: number): AreaFinding {
  const age = newestMs === null ? 0 : now - newestMs
  if (age <= 2 * HEARTBEAT_EVERY_MS) return note('LOG_HELD', holder)
  return note('LOG_STALE', holder, Math.round(age / 60_000))
}

/** Asks the witnesses of the trust policy what they have cosigned of this log. A trust policy that does not name the log has nothing to ask. */
async function checkWitnesses(file: string | undefined, state: LogState): Promise<readonly AreaFinding[]> {
  if (file === undefined) return []
  try {
    const policy = await readSetting(file, settingName('trustPolicy'), parsePolicy)
    if (!policy.logs.some(({ verifier }) => verifier.name === nameOfLog(state.origin, policy))) return []
    const answers = await askWitnesses(policy, state.origin)
    const findings = answers.flatMap(({ name, kind, note: theirs, why }): readonly AreaFinding[] => {
      if (kind === 'UNREACHABLE') return [{ ...noteOf('reach')('UNREACHED', name, why), severity: 'warning' }]
      if (kind !== 'SERVED' || theirs === undefined) return []
      const { size } = parseCheckpoint(parseNote(theirs).text)
      if (size > state.size) return [note('LOG_AHEAD', name, size, state.size)]
      return [note('LOG_WITNESSED', name, size)]
    })
    const isSeen = answers.length === 0 || findings.length > 0
    return isSeen ? findings : [note('LOG_UNWITNESSED')]
  } catch (error) {
    return [rulesWrong(file, error)]
  }
}
