import type { Finding } from '../finding.ts'
import { TILE_WIDTH } from '../merkle/tile-path.ts'
import { formatBase64 } from '../note/base64.ts'
import type { Checkpoint } from '../note/checkpoint.ts'
import { checkCheckpoint, type Policy } from '../note/policy.ts'
import { findTrustedName, nameOfLog, periodIn } from '../note/shard-name.ts'
import { type Prunings, readPrunings } from '../verify/prunings.ts'
import { readEntries } from '../verify/read-entries.ts'
import { readKeys } from '../verify/read-head.ts'
import type { LogSource } from '../verify/source.ts'
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
    const inOrder = own.toSorted((one, other) => (one.origin < other.origin ? -1 : 1))
    const joined: JoinedShard[] = []
    for (const shard of inOrder) joined.push(await readEnds(shard))
    findings.push(...joined.flatMap((shard) => [...checkStart(shard, joined, name), ...checkEnd(shard, joined)]))
  }
  return findings
}

/** Reads the first and the last entry of a shard. What cannot be read was reported when its tree was verified. */
async function readEnds(shard: VerifiedShard): Promise<JoinedShard> {
  const { source, origin, size } = shard
  const { policy } = await readKeys(source, shard.policy, () => undefined)
  const prunings = await readPrunings(source, origin, policy)
  const [first, last] = [await readShardEntryAt(shard, 0, prunings), await readShardEntryAt(shard, size - 1, prunings)]
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
  { source, size }: VerifiedShard,
  index: number,
  { isPruned }: Prunings,
): Promise<ShardEnd | ShardStart | Pruned | undefined> {
  if (index < 0 || index >= size) return undefined
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
  return start === 'PRUNED' ? undefined : start?.previous
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

function checkEnd({ origin, end }: JoinedShard, all: readonly JoinedShard[]): readonly Finding[] {
  if (end === undefined || end === 'PRUNED' || all.some((each) => each.origin === end.next)) return []
  return [shardFinding(origin, `the next shard ${end.next}`, 'no shard of that origin')]
}
