import { join } from 'node:path'
import type { Logger } from 'pino'
import type { NoteSigner } from '../../audit/note/key.ts'
import { checkCheckpoint, type Policy, withRotations } from '../../audit/note/policy.ts'
import { shardSigner } from '../../audit/note/shard-name.ts'
import { findPresentShard, listPlaces, openEndedShard, type ShardPlace } from '../../audit/shards/places.ts'
import { readRotations } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { addsWitness, collectCosignatures, witnessEndpoints } from '../../audit/witness/collect.ts'
import { doRegularly } from '../../service/audit-log/regular-work.ts'

/** What {@link openEndedShards} works with. */
export interface EndedShardsOptions {
  /** The folder that has the shards. */
  readonly home: string
  /** The key of the log. Its name is the log's name. */
  readonly signer: NoteSigner
  readonly policy: Policy
  readonly log: Pick<Logger, 'info' | 'warn'>
}

/** How often to look for a shard that has ended, in milliseconds. */
const EVERY_MS = 10_000

/** How long the witnesses have for one checkpoint, in milliseconds. */
const DEADLINE_MS = 5_000

/**
 * Takes the final checkpoints of ended shards to the witnesses, until a quorum has cosigned each of them: at once and every ten seconds. The present
 * shard has its own collection (witnesses.ts), which no longer knows a shard after its end.
 */
export function openEndedShards(options: EndedShardsOptions) {
  const done = new Set<string>()
  const collectAll = async (): Promise<void> => {
    try {
      const places = await listPlaces(options.home)
      // The last one has not ended.
      for (const place of places.slice(0, -1)) {
        if (!done.has(place.path) && (await collectOnce(place, options))) done.add(place.path)
      }
    } catch (error) {
      options.log.warn({ error: (error as Error).name }, 'could not collect cosignatures of an ended shard')
    }
  }
  const { run, close } = doRegularly(collectAll, EVERY_MS)
  void run()
  return {
    /** Does it once for each ended shard that lacks a quorum. Never rejects. */
    collect: run,
    /** Stops, and waits until the collection under way has ended. */
    close,
  }
}

/** Resolves to whether a quorum has cosigned the final checkpoint of a shard. */
async function collectOnce(
  { path, period }: ShardPlace,
  { home, signer, policy: trusted, log }: EndedShardsOptions,
): Promise<boolean> {
  const folder = join(home, path)
  const source = folderSource(folder)
  const policy = withRotations(trusted, await readRotations(source))
  const checkpoint = Buffer.from((await source.read('checkpoint')) ?? '').toString('utf8')
  const before = checkCheckpoint(checkpoint, policy)
  if (before.isInQuorum) return true
  const shard = await openEndedShard(folder, shardSigner(signer, period))
  try {
    const witnesses = witnessEndpoints(policy)
    const { note } = shard.published()
    const { consistency } = shard
    const { signatures } = await collectCosignatures({
      checkpoint: note,
      witnesses,
      consistency,
      deadlineMs: DEADLINE_MS,
    })
    if (!addsWitness(signatures, before)) return false
    const { isInQuorum } = checkCheckpoint(await shard.addCosignatures(note, signatures), policy)
    if (isInQuorum) log.info({ shard: shard.origin }, 'a quorum of witnesses has cosigned an ended shard')
    return isInQuorum
  } finally {
    await shard.close()
  }
}

/** Returns the folder of the shard that takes entries, in the home of an audit log that is open. */
export async function findPresentFolder(home: string, signer: NoteSigner): Promise<string> {
  return (await findPresentShard(home, signer)).folder
}
