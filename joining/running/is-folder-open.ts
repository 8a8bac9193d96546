import { FolderInUseError, lockFolder } from '../../service/folder-lock/folder-lock.ts'

/**
 * Checks whether a process has a folder open for writing: a log or an embedded database.
 * @param file the lock file, if it is not in the folder
 */
export async function isFolderOpen(folder: string, file?: string): Promise<boolean> {
  try {
    const lock = await lockFolder(folder, { patienceMs: 0, ...(file !== undefined && { file }) })
    lock.release()
    return false
  } catch (error) {
    if (error instanceof FolderInUseError) return true
    throw error
  }
}
