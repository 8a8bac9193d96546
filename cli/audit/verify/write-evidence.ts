import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SplitView } from '../../../audit/verify/find-splits.ts'
import { hashOrigin } from '../../../audit/witness/heads.ts'

/** Writes the two checkpoints of each split view to a file, and returns the paths. Both are signed, so they convince anybody. */
export async function writeEvidence(splits: readonly SplitView[], folder: string): Promise<readonly string[]> {
  const paths = splits.map(({ origin, size }) => {
    return join(folder, `split-view-${hashOrigin(origin).slice(0, 8)}-${size}.json`)
  })
  for (const [at, split] of splits.entries()) await writeFile(paths[at] ?? '', `${JSON.stringify(split, null, 2)}\n`)
  return [...new Set(paths)]
}
