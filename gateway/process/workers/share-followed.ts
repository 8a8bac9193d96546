/** What is known of the feeds that a gateway follows, when the number of its processes changes. */
import { cp, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { suspensionsOfWorker } from './config-of-worker.ts'

/** The folder of the feeds, below that of what is suspended, and the file of each feed. */
const FOLLOWED = 'followed'
const STATEMENTS = 'statements.jsonl'

/** What was heard of one feed, and when it was written, in milliseconds since 1970. */
interface Heard {
  readonly ms: number
  readonly path: string
}

/**
 * Gives each folder what the others have heard of the feeds that they follow, so that a worker that was not there for a while, or one process after
 * several, does not begin with less than was known. The folder that was written last wins: all of them hear the same feeds. No process may have them open.
 * @param workers how many there will be; 0 for one process without workers.
 */
export async function shareFollowed(folder: string, workers: number): Promise<void> {
  const numbers = (await readdir(join(folder, 'workers')).catch(() => [])).map(Number).filter(Number.isSafeInteger)
  const known = [folder, ...numbers.map((number) => suspensionsOfWorker(folder, number))]
  const goals =
    workers === 0 ? [folder] : Array.from({ length: workers }, (_, at) => suspensionsOfWorker(folder, at + 1))
  const newest = await findNewest(known)
  for (const goal of goals) {
    for (const [name, { path }] of newest) {
      const own = join(goal, FOLLOWED, name)
      if (own !== path) await cp(path, own, { recursive: true, preserveTimestamps: true })
    }
  }
}

/** Finds what was written last of each feed. */
async function findNewest(folders: readonly string[]): Promise<ReadonlyMap<string, Heard>> {
  const newest = new Map<string, Heard>()
  for (const folder of folders) {
    for (const name of await readdir(join(folder, FOLLOWED)).catch(() => [])) {
      const path = join(folder, FOLLOWED, name)
      const stats = await stat(join(path, STATEMENTS)).catch(() => null)
      if (stats !== null && stats.mtimeMs > (newest.get(name)?.ms ?? 0)) newest.set(name, { ms: stats.mtimeMs, path })
    }
  }
  return newest
}
