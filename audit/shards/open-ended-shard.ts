import { lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { createFolderStorage } from '../log/folder-storage.ts'
import { type Log, openLogOn } from '../log/log.ts'
import type { NoteSigner } from '../note/key.ts'

/**
 * Opens a shard that has ended, to store cosignatures of its final checkpoint. It leaves the store of salts to the present shard, because only one
 * log may write to it; a shard that has ended has published all its salts. Rejects as `openLog` does.
 */
export async function openEndedShard(folder: string, signer: NoteSigner): Promise<Log> {
  const lock = await lockFolder(folder)
  try {
    const storage = await createFolderStorage(folder)
    return await openLogOn(storage, { signer }, async () => {
      await storage.close()
      lock.release()
    })
  } catch (error) {
    lock.release()
    throw error
  }
}
