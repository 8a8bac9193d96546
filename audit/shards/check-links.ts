import { join } from 'node:path'
import { type Finding, throwDamaged } from '../finding.ts'
import type { Log, Receipt } from '../log/log.ts'
import { createTile, TILE_WIDTH, tilePath } from '../merkle/tile.ts'
import { createTiledTree } from '../merkle/tiled-tree.ts'
import { formatBase64 } from '../note/base64.ts'
import { type Checkpoint, parseCheckpoint } from '../note/checkpoint.ts'
import type { NoteSigner } from '../note/key.ts'
import { parseNote } from '../note/note.ts'
import { checkCheckpoint, type Policy } from '../note/policy.ts'
import type { KeyRotation } from '../note/rotation.ts'
import { findTrustedName, nameOfLog, periodIn, shardOrigin } from '../note/shard-name.ts'
import { formatTlogProof } from '../note/tlog-proof.ts'
import type { Prunings } from '../verify/prunings.ts'
import { readEntries, readRotations } from '../verify/read-log.ts'
import { folderSource, type LogSource } from '../verify/source.ts'
import { listPlaces } from './places.ts'
import { readShardEntry, type ShardEnd, type ShardStart } from './shard-entries.ts'

/** A shard whose tree was verified. */
export interface VerifiedShard {
  readonly source: LogSource
  readonly origin: string
  readonly size: number
  /** The root of its tiles, in Base 64. */
  readonly root: string
  /** The trust policy under which it was verified: with the key that the log had when the shard began. */
  readonly policy: Policy
  /** Whether a bundle may be missing, by the prunings that were read when the tree was verified. */
  readonly isPruned: Prunings['isPruned']
}

/** An entry that may have joined a shard to another one, but that a pruning of the shard took away. */
type Pruned = 'PRUNED'

interface JoinedShard extends VerifiedShard {
  readonly start: ShardStart | Pruned | undefined
  readonly end: ShardEnd | Pruned | undefined
}

/**
 * Checks whether the shards of each log of the trust policy follow one another: each shard names the one after it in its last entry, and the one
 * before it, with its final checkpoint, in its first entry. Finds a shard that is missing, one that has two successors, and one that was continued
 * from another tree. The trees were verified before. An entry that was pruned joins nothing, and is not missed.
 * @param shards all shards of all logs, in any order
 */
export async function checkShardLinks(shards: readonly VerifiedShard[], policy: Policy): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  const known = shards.filter(({ origin }) => findTrustedName(origin, policy) !== undefined)
  for (const name of new Set(known.map(({ origin }) => nameOfLog(origin, policy)))) {
    const own = shards.filter(({ origin }) => periodIn(origin, name) !== undefined)
    const inOrder = largestCopies(own).toSorted((one, other) => (one.origin < other.origin ? -1 : 1))
    const joined: JoinedShard[] = []
    for (const shard of inOrder) joined.push(await readEnds(shard))
    findings.push(...own.flatMap((shard) => checkPlace(shard, name)))
    findings.push(...joined.flatMap((shard) => [...checkStart(shard, joined, name), ...checkEnd(shard, joined, name)]))
  }
  return findings
}

/**
 * Returns of each shard the largest of its copies: a log and an older copy of it may be verified together. Whether two copies contradict each other is
 * checked where their trees are verified.
 */
function largestCopies(shards: readonly VerifiedShard[]): readonly VerifiedShard[] {
  const largest = new Map<string, VerifiedShard>()
  for (const shard of shards) {
    if (shard.size > (largest.get(shard.origin)?.size ?? -1)) largest.set(shard.origin, shard)
  }
  return [...largest.values()]
}

/** Checks that a shard is at its place in the home of its log. At another place, entries would be read in another order than that of their times. */
function checkPlace({ source, origin }: VerifiedShard, name: string): readonly Finding[] {
  if (source.period === undefined || source.period === periodIn(origin, name)) return []
  return [shardFinding(source.name, `the shard ${shardOrigin(name, source.period)}`, `the shard ${origin}`)]
}

/** Reads the first and the last entry of a shard. What cannot be read was reported when its tree was verified. */
async function readEnds(shard: VerifiedShard): Promise<JoinedShard> {
  const [first, last] = [await readShardEntryAt(shard, 0), await readShardEntryAt(shard, shard.size - 1)]
  return { ...shard, start: keepKind(first, 'shard-start'), end: keepKind(last, 'shard-end') }
}

function keepKind<Kind extends (ShardEnd | ShardStart)['kind']>(
  entry: ShardEnd | ShardStart | Pruned | undefined,
  kind: Kind,
): Extract<ShardEnd | ShardStart, { readonly kind: Kind }> | Pruned | undefined {
  if (entry === undefined || entry === 'PRUNED') return entry
  return entry.kind === kind ? (entry as Extract<ShardEnd | ShardStart, { readonly kind: Kind }>) : undefined
}

async function readShardEntryAt(
  { source, size, isPruned }: VerifiedShard,
  index: number,
): Promise<ShardEnd | ShardStart | Pruned | undefined> {
  if (size === 0) return undefined
  try {
    for await (const { bytes } of readEntries(source, size, index)) return readShardEntry(bytes)
  } catch {
    return isPruned(Math.floor(index / TILE_WIDTH)) ? 'PRUNED' : undefined
  }
  return undefined
}

function shardFinding(where: string, expected: string, came: string): Finding {
  return { kind: 'SHARD', where, expected, came }
}

function checkStart(shard: JoinedShard, all: readonly JoinedShard[], name: string): readonly Finding[] {
  const { origin, start } = shard
  if (start === 'PRUNED') return []
  if (start === undefined) {
    if (origin === name) return []
    return [shardFinding(origin, 'a first entry that names the shard before it', 'none')]
  }
  const { previous } = start
  const before = all.find((each) => each.origin === previous.origin)
  const twin = all.find((each) => each !== shard && previousOf(each)?.origin === previous.origin)
  return [
    ...(start.origin === origin ? [] : [shardFinding(origin, `a first entry of ${origin}`, `one of ${start.origin}`)]),
    ...(twin === undefined ? [] : [shardFinding(origin, `one shard after ${previous.origin}`, `also ${twin.origin}`)]),
    ...checkPrevious(shard, previous),
    ...(before === undefined
      ? [shardFinding(origin, `the shard ${previous.origin} before it`, 'no shard of that origin')]
      : checkBefore(shard, previous, before)),
  ]
}

function previousOf({ start }: JoinedShard): ShardStart['previous'] | undefined {
  return typeof start === 'object' ? start.previous : undefined
}

/** Checks the final checkpoint in the first entry by itself: the log signed it, and the entry repeats what it says. */
function checkPrevious({ origin, policy }: JoinedShard, previous: ShardStart['previous']): readonly Finding[] {
  const stated = `${previous.size} entries of ${previous.origin} with the root ${previous.root}`
  const expected = `a final checkpoint of ${stated}, signed by the log`
  try {
    const { checkpoint } = checkCheckpoint(previous.checkpoint, policy)
    return describe(checkpoint) === stated ? [] : [shardFinding(origin, expected, `one of ${describe(checkpoint)}`)]
  } catch (error) {
    return [shardFinding(origin, expected, (error as Error).message)]
  }
}

function describe({ origin, size, root }: Checkpoint): string {
  return `${size} entries of ${origin} with the root ${formatBase64(root)}`
}

function checkBefore(
  { origin }: JoinedShard,
  previous: ShardStart['previous'],
  { size, root, end }: JoinedShard,
): readonly Finding[] {
  if (size !== previous.size || root !== previous.root) {
    const stated = `the ${previous.size} entries with the root ${previous.root} from which ${origin} continues`
    return [shardFinding(previous.origin, stated, `${size} entries with the root ${root}`)]
  }
  if (end === 'PRUNED' || end?.next === origin) return []
  const came = end === undefined ? 'no such entry' : `one that names ${end.next}`
  return [shardFinding(previous.origin, `a last entry that names the next shard ${origin}`, came)]
}

function checkEnd({ origin, end }: JoinedShard, all: readonly JoinedShard[], name: string): readonly Finding[] {
  if (end === undefined || end === 'PRUNED') return []
  const next = all.find((each) => each.origin === end.next)
  if (next === undefined) return [shardFinding(origin, `the next shard ${end.next}`, 'no shard of that origin')]
  if (next.start === 'PRUNED' || next.start?.previous.origin === origin) return []
  // That a later shard does not name the one before it is reported there.
  if (next.start === undefined && next.origin !== name) return []
  const continued = next.start === undefined ? 'none' : next.start.previous.origin
  return [
    shardFinding(origin, 'a last entry that names the shard after it', `${end.next}, which continues ${continued}`),
  ]
}

/** Builds the proofs of receipts, also those of a shard that has ended meanwhile. */
export type Prover = ReturnType<typeof createProver>

/** Tells {@link createProver} which log is open. `settled` waits for the end of a shard that is under way. */
interface Shards {
  readonly isOpen: (log: Log) => boolean
  readonly settled: () => Promise<void>
}

/** Creates the prover of a log with shards. */
export function createProver({ isOpen, settled }: Shards) {
  const building = new Set<Promise<string>>()
  const track = (proof: Promise<string>): Promise<string> => {
    const tracked = proof.finally(() => building.delete(tracked))
    building.add(tracked)
    return tracked
  }
  const prove = async (receipt: Receipt, log: Log, folder: string): Promise<string> => {
    if (isOpen(log)) return track(receipt.proof())
    await settled()
    return proveEnded(folder, receipt)
  }
  return {
    /** Returns the receipt with a proof that is built in the open log or, after its end, from the files in `folder`. */
    withProof: (receipt: Receipt, log: Log, folder: string) => ({
      ...receipt,
      proof: () => prove(receipt, log, folder),
    }),
    /** Waits for the proofs that are being built. A log must not be closed before. */
    idle: async () => {
      await Promise.allSettled(building)
    },
  }
}

/** Builds the C2SP tlog-proof of a receipt from the files of a shard. Rejects with a LogDamagedError if a file is missing. */
async function proveEnded(folder: string, { index, checkpoint }: Receipt): Promise<string> {
  const source = folderSource(folder)
  const final = Buffer.from((await source.read('checkpoint')) ?? '').toString('utf8')
  const total = sizeOf(final)
  const tree = createTiledTree(
    async (id) => {
      const bytes = await source.read(tilePath(id))
      return bytes === undefined ? throwDamaged('MISSING', tilePath(id), 'a file', 'none') : createTile(bytes)
    },
    () => total,
  )
  return formatTlogProof({ index, hashes: await tree.inclusion(index, sizeOf(checkpoint)), checkpoint })
}

function sizeOf(checkpoint: string): number {
  return parseCheckpoint(parseNote(checkpoint).text).size
}

/** The newest rotation of a log's key, and the path of its proof. */
export interface FoundRotation {
  readonly rotation: KeyRotation
  readonly proof: string
}

/**
 * Finds the newest rotation in a log and its shards; undefined if its key was never replaced.
 * @param place the home of an audit log, or the folder of one log
 */
export async function findNewestRotation(place: string): Promise<FoundRotation | undefined> {
  const shards = (await listPlaces(place)).map(({ path }) => join(place, path))
  for (const folder of [place, ...shards].reverse()) {
    const rotations = await readRotations(folderSource(folder))
    const rotation = rotations.at(-1)
    if (rotation !== undefined) return { rotation, proof: join(folder, 'rotations', String(rotations.length - 1)) }
  }
  return undefined
}

/**
 * Chooses the key in force among the two of a key file. A shard that began after a rotation has no proof of it, so the shards before it decide.
 * @param place the home of an audit log, or the folder of one log
 * @param signer the keys as the file has them: the key of its first line, and behind it perhaps `next`
 * @returns if `next` is in force, `next` with the other key as `previous`; otherwise the signer as it is.
 */
export async function chooseKeyInForce(place: string, signer: NoteSigner): Promise<NoteSigner> {
  const { next, ...present } = signer
  if (next === undefined) return signer
  const newest = await findNewestRotation(place)
  const isReplaced = newest !== undefined && hasSameKey(newest.rotation.newKey, next.verifier)
  return isReplaced ? { ...next, previous: present } : signer
}

/** Checks whether two verifiers have the same public key, under whatever names. */
export function hasSameKey(
  one: Pick<NoteSigner['verifier'], 'publicKey'>,
  other: Pick<NoteSigner['verifier'], 'publicKey'>,
): boolean {
  return Buffer.compare(one.publicKey, other.publicKey) === 0
}
