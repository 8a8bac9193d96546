import { type NoteVerifier, renameVerifier } from './key.ts'
import { followRotations, type KeyPeriod, type KeyRotation } from './rotation.ts'
import { logIn } from './shard-name.ts'

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
  const log = logIn(origin, name)
  if (log === undefined) return []
  const ofLog = (wanted: string) => rotations.filter(({ oldKey }) => logIn(oldKey.name, name) === wanted)
  // The log of a worker begins with the newest key of the log of its gateway.
  const earlier = log === name ? [] : ofLog(name)
  const byShard = Map.groupBy([...earlier, ...ofLog(log)], ({ oldKey }) => oldKey.name)
  const before = [...namesOf(earlier), ...namesOf(ofLog(log)).filter((each) => each < origin)]
  let current: readonly NoteVerifier[] = trusted
  for (const shard of before) {
    // Throws if they do not follow from a key that is trusted by now. Otherwise, anybody could make a rotation to a key of their own.
    followRotations(rename(current, shard), inOrder(byShard.get(shard)))
    current = inOrder(byShard.get(shard))
      .slice(-1)
      .map(({ newKey }) => newKey)
  }
  return followRotations(rename(current, origin), inOrder(byShard.get(origin)))
}

/** Lists the shards in which these rotations are, oldest first. */
function namesOf(rotations: readonly KeyRotation[]): readonly string[] {
  return [...new Set(rotations.map(({ oldKey }) => oldKey.name))].sort()
}

function rename(keys: readonly NoteVerifier[], origin: string): readonly NoteVerifier[] {
  return keys.map((key) => (key.name === origin ? key : renameVerifier(key, origin)))
}

function inOrder(rotations: readonly KeyRotation[] = []): readonly KeyRotation[] {
  return rotations.toSorted((one, other) => one.index - other.index)
}
