import type { PlacedEntry } from '../../audit/verify/read-entries.ts'
import { createExampleFinder, type Examples } from '../../contract/audit-log/article-25/example-finder.ts'
import { parseEntry } from '../../contract/audit-log/entry.ts'

/** Finds the newest example of each kind of processing. Leaves out entries that cannot be read. */
export async function findExamples(entries: AsyncIterable<PlacedEntry>): Promise<Examples> {
  const finder = createExampleFinder()
  for await (const { bytes } of entries) {
    try {
      finder.add(parseEntry(bytes))
    } catch {
      // `verify` names it.
    }
  }
  return finder.found()
}
