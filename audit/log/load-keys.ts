import { throwDamaged } from '../finding.ts'
import { hashLeaf, isSameHash } from '../merkle/hash.ts'
import { TILE_WIDTH } from '../merkle/tile-path.ts'
import { formatBase64 } from '../note/base64.ts'
import { parseCheckpoint } from '../note/checkpoint.ts'
import type { NoteSigner } from '../note/key.ts'
import { parseNote } from '../note/note.ts'
import {
  followRotations,
  isSameKey,
  type KeyPeriod,
  type KeyRotation,
  MAX_ROTATIONS,
  parseRotation,
  rotationPath,
} from '../note/rotation.ts'
import { expectLeaf } from './expect-leaf.ts'
import type { LogState, Repair } from './state.ts'
import type { LogStorage } from './storage.ts'

/** Reads the keys of a log when it is opened, and finishes a rotation that a crash interrupted. */

/** The signer key that the log was opened with is not the key in force, because it was replaced. */
export class ReplacedKeyError extends Error {
  override readonly name = 'ReplacedKeyError'

  constructor({ index, newKey }: KeyRotation, given: NoteSigner) {
    super(
      `the key ${given.verifier.vkey} of the log was replaced at entry ${index}; expected the signer key of ${newKey.vkey}. Use the file ` +
        'that `istmo audit rotate-key` wrote',
    )
  }
}

/** The keys of an open log. */
export interface LogKeys {
  /** The key in force. */
  readonly signer: NoteSigner
  readonly rotations: readonly KeyRotation[]
  readonly periods: readonly KeyPeriod[]
}

/**
 * Reads the rotations of a log, and chooses the key in force: the given key or, if a rotation to it was begun, its `next`. The given key then signs too.
 * @throws {ReplacedKeyError} if neither is in force.
 * @throws {LogDamagedError} if the proof of a rotation is not valid.
 */
export async function loadKeys(storage: Pick<LogStorage, 'read'>, given: NoteSigner): Promise<LogKeys> {
  const rotations = await loadRotations(storage)
  const last = rotations.at(-1)
  if (last === undefined) return { signer: given, rotations, periods: followRotations([given.verifier], []) }
  const { next, ...present } = given
  const candidates: readonly NoteSigner[] = next === undefined ? [given] : [given, { ...next, previous: present }]
  const signer = candidates.find(({ verifier }) => isSameKey(verifier, last.newKey))
  if (signer === undefined) throw new ReplacedKeyError(last, given)
  try {
    return { signer, rotations, periods: followRotations([signer.verifier], rotations) }
  } catch (error) {
    return throwDamaged('SIGNATURE', 'rotations', 'rotations that follow one another', (error as Error).message)
  }
}

async function loadRotations(storage: Pick<LogStorage, 'read'>): Promise<readonly KeyRotation[]> {
  const rotations: KeyRotation[] = []
  while (rotations.length < MAX_ROTATIONS) {
    const path = rotationPath(rotations.length)
    const bytes = await storage.read(path)
    if (bytes === undefined) break
    try {
      rotations.push(parseRotation(Buffer.from(bytes).toString('utf8')))
    } catch (error) {
      throwDamaged('SIGNATURE', path, 'the proof of a rotation, signed with both keys', (error as Error).message)
    }
  }
  return rotations
}

/**
 * Checks that the tree has the entry of each rotation. The file of a rotation is written before the tree has its entry, so after a
 * crash the entry of the last one may be missing. It is then added from the file.
 * @throws {LogDamagedError} if the tree has another entry there, or ends before it.
 */
export async function adoptRotation(state: LogState): Promise<readonly Repair[]> {
  const { tree, tail, rotations } = state
  const repairs: Repair[] = []
  for (const [at, { index, entry, checkpoint }] of rotations.entries()) {
    const where = rotationPath(at)
    const size = tree.size()
    if (index < size) {
      const tile = { level: 0, index: Math.floor(index / TILE_WIDTH), width: (index % TILE_WIDTH) + 1 }
      expectLeaf(entry, index, (await tree.readTile(tile)).node(0, index % TILE_WIDTH), where)
      continue
    }
    if (index > size) {
      throwDamaged('ROLLBACK', where, `at least the ${index} entries before the key was replaced`, `${size} entries`)
    }
    tree.push(hashLeaf(entry))
    tail.push(entry)
    const { root } = parseCheckpoint(parseNote(checkpoint).text)
    if (!isSameHash(tree.head(), root)) {
      throwDamaged('ROOT', where, formatBase64(root), `${formatBase64(tree.head())} from the tiles`)
    }
    state.latest = { size: index + 1, note: checkpoint }
    state.checkpointsForHistory.push(state.latest)
    repairs.push({ kind: 'KEY_ROTATED', where, what: `finished the rotation of the key at entry ${index}` })
  }
  return repairs
}
