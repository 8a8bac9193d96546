import { lstatSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

const GROUP_AND_OTHERS = 0o077

/** Lists the files and folders below `root` that the group or others may use, with their permissions. */
export function listOpen(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path) => {
      const mode = (lstatSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o777
      return (mode & GROUP_AND_OTHERS) === 0 ? [] : [`${relative(root, path)} ${mode.toString(8)}`]
    })
}
