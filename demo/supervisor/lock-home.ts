import { FolderInUseError, type FolderLock, lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { UsageError } from '../../service/usage-error.ts'
import type { Home } from '../home.ts'

/**
 * Locks the home folder of a demo until the lock is released, or until the process ends in any way.
 * @throws {UsageError} with the remedy, when another demo runs in it.
 */
export async function lockHome({ dir, lock }: Pick<Home, 'dir' | 'lock'>): Promise<FolderLock> {
  try {
    return await lockFolder(dir, { file: lock })
  } catch (error) {
    if (!(error instanceof FolderInUseError)) throw error
    throw new UsageError(
      `a demo runs in ${dir} already${error.pid === undefined ? '' : `, process ${error.pid}`}: stop it first (Ctrl-C in its terminal), or start another with ISTMO_HOME=<other folder> PORT=<other port>`,
      { cause: error },
    )
  }
}
