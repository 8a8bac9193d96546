import { lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { hashLeaf } from '../merkle/hash.ts'
import { formatCheckpoint } from '../note/checkpoint.ts'
import { NoteError, type NoteSigner } from '../note/key.ts'
import { signNote } from '../note/note.ts'
import { isSameKey, type KeyRotation, parseRotation, rotationPath } from '../note/rotation.ts'
import { formatTlogProof } from '../note/tlog-proof.ts'
import { findSaltsBeside, openFolders } from './core.ts'
import type { LogStorage } from './folder-storage.ts'
import { openLogOn } from './log.ts'
import { recoverLog } from './recover.ts'
import type { LogState } from './state.ts'

/**
 * Rotates the key of a log that no process has open: replaces its signer key by another one.
 *
 * One atomic write makes the rotation: that of its proof, which contains the entry and the checkpoint that both keys signed. Before
 * it, the log has its old key. After it, the log has its new key, and opening the log adds the entry from the proof if a crash
 * came in between. The caller must have made the new key durable before, because the log cannot be written without it.
 */

/** A signer key together with the key that replaces it. */
export type RotatingSigner = NoteSigner & Required<Pick<NoteSigner, 'next'>>

/** The result of a rotation. `isNew` is false if an earlier, interrupted call had already made it. */
export interface RotatedKey {
  readonly rotation: KeyRotation
  readonly isNew: boolean
}

/**
 * Replaces the key of the log in a folder by `signer.next`.
 * @param makeEntry returns the bytes of the rotation's entry (../note/rotation.ts)
 * @throws {FolderInUseError} if another process has the log open.
 * @throws {LogDamagedError} if the log is damaged; it says where.
 * @throws {NoteError} if the keys or the entry are not those of a rotation.
 */
export async function rotateLogKey(
  folder: string,
  signer: RotatingSigner,
  makeEntry: () => Uint8Array,
): Promise<RotatedKey> {
  const lock = await lockFolder(folder)
  try {
    const { storage, saltStorage, close } = await openFolders(folder, await findSaltsBeside(folder))
    try {
      return await rotateLogKeyOn(storage, signer, makeEntry, saltStorage)
    } finally {
      await close()
    }
  } finally {
    lock.release()
  }
}

/** Does the same on any storage, without a lock. Rejects for the same causes as `rotateLogKey`. */
export async function rotateLogKeyOn(
  storage: LogStorage,
  signer: RotatingSigner,
  makeEntry: () => Uint8Array,
  saltStorage?: LogStorage,
): Promise<RotatedKey> {
  const options = { signer, ...(saltStorage && { saltStorage }) }
  await publishAll(storage, options)
  const { state } = await recoverLog(storage, signer)
  const last = state.rotations.at(-1)
  if (last !== undefined && isSameKey(last.newKey, signer.next.verifier)) return { rotation: last, isNew: false }
  const rotation = await makeRotation(state, signer, makeEntry())
  await storage.write([{ path: rotationPath(state.rotations.length), bytes: Buffer.from(rotation.proof) }])
  await publishAll(storage, options)
  return { rotation, isNew: true }
}

/** Opens the log, which finishes what a crash left, and publishes all of it. */
async function publishAll(
  storage: LogStorage,
  options: { readonly signer: NoteSigner; readonly saltStorage?: LogStorage },
): Promise<void> {
  const log = await openLogOn(storage, options)
  await log.close()
}

async function makeRotation(
  { tree, signer: { verifier } }: LogState,
  signer: RotatingSigner,
  entry: Uint8Array,
): Promise<KeyRotation> {
  const index = tree.size()
  tree.push(hashLeaf(entry))
  const text = formatCheckpoint({ origin: verifier.name, size: index + 1, root: tree.head() })
  const checkpoint = signNote(text, [signer, signer.next])
  const hashes = await tree.inclusion(index, index + 1)
  const rotation = parseRotation(formatTlogProof({ index, hashes, checkpoint, extra: entry }))
  if (isSameKey(rotation.oldKey, verifier) && isSameKey(rotation.newKey, signer.next.verifier)) return rotation
  throw new NoteError(`the entry of the rotation names the key ${verifier.vkey} and the key that replaces it`)
}
