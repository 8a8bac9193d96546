import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { PROJECT_DIR } from '../config.ts'

/**
 * Returns the SHA-256 of the code below some folders of the project, in hex: of every file that is not a test, with its path. It changes
 * whenever the code changes, so nobody has to raise a number; it does not change with the time at which a file was written.
 */
export function digestOfSources(folders: readonly string[]): string {
  const digest = createHash('sha256')
  for (const folder of folders) {
    for (const path of filesBelow(join(PROJECT_DIR, folder))) {
      digest
        .update(`${relative(PROJECT_DIR, path)}\u0000`)
        .update(readFileSync(path))
        .update('\u0000')
    }
  }
  return digest.digest('hex')
}

function filesBelow(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return paths.filter((path) => !/\.test\.ts$|testing\.ts$/.test(path)).sort()
}
