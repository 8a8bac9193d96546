import type { Entry } from '../../contract/audit-log/entry.ts'
import type { WrittenEntry } from '../../service/audit-log/recorder.ts'

/** How long an entry waits for the entries of other requests in progress, in milliseconds. */
const WAIT_MS = 10

/** Writes the entries of requests that are answered at the same time in one commit. */
export interface CommitGroup {
  /** Says that a request that may need an entry has begun. The result says that it has ended, and must be called once. */
  readonly begin: () => () => void
  /** Writes an entry. Resolves when it is durable; rejects if it cannot be written. */
  readonly write: (entry: Entry) => Promise<WrittenEntry>
}

interface Waiting {
  readonly entry: Entry
  readonly resolve: (written: WrittenEntry) => void
  readonly reject: (error: unknown) => void
}

/**
 * Creates a commit group. An entry is written when each request in progress waits for its own entry, and after 10 ms at the latest. So five
 * exchanges of one question cost one sync of the disk, and a request alone waits for nobody.
 * @param append writes entries in one commit.
 */
export function createCommitGroup(
  append: (entries: readonly Entry[]) => Promise<readonly WrittenEntry[]>,
  waitMs = WAIT_MS,
): CommitGroup {
  let inProgress = 0
  let waiting: Waiting[] = []
  let timer: NodeJS.Timeout | undefined

  const flush = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    const group = waiting
    waiting = []
    if (group.length === 0) return
    try {
      const written = await append(group.map(({ entry }) => entry))
      for (const [at, { resolve }] of group.entries()) resolve(written[at] as WrittenEntry)
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }
  const flushIfAllWait = (): void => {
    if (waiting.length >= inProgress) void flush()
  }
  return {
    begin() {
      inProgress += 1
      return () => {
        inProgress -= 1
        flushIfAllWait()
      }
    },
    write: (entry) =>
      new Promise((resolve, reject) => {
        waiting.push({ entry, resolve, reject })
        timer ??= setTimeout(() => void flush(), waitMs)
        flushIfAllWait()
      }),
  }
}
