import type { Entry } from '../../contract/audit-log/entry.ts'
import type { WrittenEntry } from '../../service/audit-log/recorder.ts'

/** How long an entry waits although nobody else is in progress, in milliseconds: requests of one question arrive one after another. */
const LINGER_MS = 2

/** How long an entry waits at most for the entries of other requests in progress, in milliseconds. */
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
 * Creates a commit group. An entry is written when each request in progress waits for its own entry and no other came for 2 ms, and after
 * 10 ms at the latest. So five exchanges of one question cost one sync of the disk.
 * @param append writes entries in one commit.
 */
export function createCommitGroup(
  append: (entries: readonly Entry[]) => Promise<readonly WrittenEntry[]>,
): CommitGroup {
  let inProgress = 0
  let waiting: Waiting[] = []
  let lingering: NodeJS.Timeout | undefined
  let latest: NodeJS.Timeout | undefined

  const flush = async (): Promise<void> => {
    clearTimeout(lingering)
    clearTimeout(latest)
    latest = undefined
    const group = waiting
    waiting = []
    try {
      const written = await append(group.map(({ entry }) => entry))
      for (const [at, { resolve }] of group.entries()) resolve(written[at] as WrittenEntry)
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }
  const lingerIfAllWait = (): void => {
    clearTimeout(lingering)
    if (waiting.length > 0 && waiting.length >= inProgress) lingering = setTimeout(() => void flush(), LINGER_MS)
  }
  return {
    begin() {
      inProgress += 1
      lingerIfAllWait()
      return () => {
        inProgress -= 1
        lingerIfAllWait()
      }
    },
    write: (entry) =>
      new Promise((resolve, reject) => {
        waiting.push({ entry, resolve, reject })
        latest ??= setTimeout(() => void flush(), WAIT_MS)
        lingerIfAllWait()
      }),
  }
}
