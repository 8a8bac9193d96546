import { chmod, readdir, stat } from 'node:fs/promises'

/**
 * Who may read what Istmo writes: only the user who runs it. Databases hold names, and logs and salts hold what confirms a guess about a
 * person.
 */

/** The permissions that this process takes from each file and folder that it makes: all of the group and of others. */
const PRIVATE_UMASK = 0o077

/** The permissions of others, who are neither the owner nor in the file's group. */
const OTHERS = 0o007

/** The permissions of the group and of others. */
const GROUP_AND_OTHERS = 0o077

/** The bit of folders in which everybody may make files, such as /tmp. */
const STICKY = 0o1000

/** Makes each file that this process, its threads and its children make from now on private: files 0600, folders 0700. */
export function makeFilesPrivate(): void {
  process.umask(PRIVATE_UMASK)
}

/**
 * Closes a folder of an older release to others (0700), and tells the operator on standard error. Files in it that others could read are
 * behind the closed folder. A folder that only a group may enter stays as it is, because somebody chose that.
 * @param folder a folder that belongs to Istmo. Folders that everybody shares, such as /tmp, stay as they are.
 */
export async function closeFolderToOthers(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const { mode } = await stat(folder)
  if ((mode & OTHERS) === 0 || (mode & STICKY) !== 0) return
  const isFresh = (await readdir(folder)).length === 0
  try {
    await chmod(folder, 0o700)
    if (!isFresh)
      process.emitWarning(`everybody on this machine could read ${folder}: it is now closed to others (0700)`)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'an unknown error'
    process.emitWarning(`everybody on this machine may read ${folder} (${code}). Run as its owner: chmod 700 ${folder}`)
  }
}

/**
 * Returns whether the permissions of a file with a secret are too wide, by the rule of OpenSSH: nobody else may use a file of the user who
 * runs the process. Of another owner's file, such as a secret that a container mounts, the group may.
 * @param file its mode and the id of its owner, as `stat` returns them.
 * @param user the id of the user who runs the process; undefined where there are none (Windows).
 */
export function isSecretOpen(
  file: { readonly mode: number; readonly uid: number },
  user = process.getuid?.(),
): boolean {
  if (user === undefined) return false
  return (file.mode & (file.uid === user ? GROUP_AND_OTHERS : OTHERS)) !== 0
}

/** Says what is wrong with the file of a secret whose permissions are too wide, and how to repair it. */
export function describeOpenSecret(
  setting: string,
  file: string,
): { readonly danger: string; readonly remedy: string } {
  return { danger: `${setting}: other users of this machine may use ${file}`, remedy: `Run: chmod 600 ${file}` }
}
