import { join } from 'node:path'
import type { NoteSigner } from '../note/key.ts'
import type { KeyRotation } from '../note/rotation.ts'
import { readRotations } from '../verify/read-rotations.ts'
import { folderSource } from '../verify/source.ts'
import { listPlaces } from './places.ts'

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
