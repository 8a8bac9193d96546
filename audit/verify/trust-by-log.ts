import { parseCheckpoint } from '../note/checkpoint.ts'
import { parseNote } from '../note/note.ts'
import { type Policy, withNewestKey } from '../note/policy.ts'
import { nameOfLog } from '../note/shard-name.ts'
import { readRotations } from './read-rotations.ts'
import type { LogSource } from './source.ts'

/** The trust policy for one source, and what its rotations mean for the next shard of the same log. */
export interface TrustOfSource {
  readonly policy: Policy
  /** From now on, the next shards of the same log are signed with the newest key of this one. Call it only if this one verifies. */
  readonly follow: () => Promise<void>
}

/**
 * Creates the trust in shards that are read one after the other. A key that was replaced in one log says nothing about another log, also if both
 * began with the same key, as the logs of a gateway's workers do. Nor does it say anything about another copy of the same shard, which may be older than
 * the rotation: each copy is trusted by the key with which the shard began.
 */
export function createTrust(trusted: Policy): (source: LogSource) => Promise<TrustOfSource> {
  const newest = new Map<string, Policy>()
  const byShard = new Map<string, Policy>()
  return async (source) => {
    const origin = (await readOrigin(source)) ?? ''
    const name = nameOfLog(origin, trusted)
    const policy = byShard.get(origin) ?? newest.get(name) ?? trusted
    byShard.set(origin, policy)
    return {
      policy,
      async follow() {
        newest.set(name, withNewestKey(policy, await readRotations(source)))
      },
    }
  }
}

/** Reads the origin that a source claims, which is not verified. */
async function readOrigin(source: LogSource): Promise<string | undefined> {
  try {
    const bytes = await source.read('checkpoint')
    return bytes === undefined ? undefined : parseCheckpoint(parseNote(bytes).text).origin
  } catch {
    // The verification says what is wrong with it.
    return undefined
  }
}
