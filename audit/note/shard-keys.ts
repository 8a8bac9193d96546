import { type NoteVerifier, renameVerifier } from './key.ts'
import { followRotations, type KeyPeriod, type KeyRotation } from './rotation.ts'
import { periodIn } from './shard-name.ts'

/**
 * Returns which key may sign which trees of a shard, for a reader who trusts keys of the log's name and has proofs of rotations. A shard begins
 * with the newest key of the shards before it, so a key that was replaced in one of them cannot sign a later one.
 * @param trusted keys of the log, under its name
 * @param rotations rotations in any of its shards, in any order
 * @param origin the origin of the shard. For an origin of no shard of this log there are no keys
 * @throws {NoteError} if the rotations do not lead to the trusted keys.
 */
export function shardKeys(
  trusted: readonly NoteVerifier[],
  rotations: readonly KeyRotation[],
  origin: string,
): readonly KeyPeriod[] {
  const name = trusted[0]?.name ?? ''
  if (periodIn(origin, name) === undefined) return []
  const related = rotations.filter(({ oldKey }) => periodIn(oldKey.name, name) !== undefined && oldKey.name <= origin)
  const byShard = Map.groupBy(related, ({ oldKey }) => oldKey.name)
  let current: readonly NoteVerifier[] = trusted
  for (const shard of [...byShard.keys()].sort().filter((each) => each < origin)) {
    // Throws if they do not follow from a key that is trusted by now. Otherwise, anybody could make a rotation to a key of their own.
    followRotations(rename(current, shard), inOrder(byShard.get(shard)))
    current = inOrder(byShard.get(shard))
      .slice(-1)
      .map(({ newKey }) => newKey)
  }
  return followRotations(rename(current, origin), inOrder(byShard.get(origin)))
}

function rename(keys: readonly NoteVerifier[], origin: string): readonly NoteVerifier[] {
  return keys.map((key) => (key.name === origin ? key : renameVerifier(key, origin)))
}

function inOrder(rotations: readonly KeyRotation[] = []): readonly KeyRotation[] {
  return rotations.toSorted((one, other) => one.index - other.index)
}
