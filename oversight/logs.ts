import { readFile } from 'node:fs/promises'
import type { IndexDatabase } from '../audit/index/database.ts'
import { followLog, prepareIndex } from '../audit/index/store.ts'
import { parseCheckpoint } from '../audit/note/checkpoint.ts'
import { parseNote } from '../audit/note/note.ts'
import { type Policy, parsePolicy, withNewestKey } from '../audit/note/policy.ts'
import { findTrustedName } from '../audit/note/shard-name.ts'
import { type LogReader, openLogReader } from '../audit/reader/log-reader.ts'
import { openShards } from '../audit/shards/open-shards.ts'
import type { LogSource } from '../audit/verify/source.ts'

/** The audit logs that oversight reads, and the index that follows them. */
export interface FollowedLogs {
  /** The readers of the logs, by origin, in the state that the last `follow` found. */
  readonly readers: () => ReadonlyMap<string, LogReader>
  /** Reads the new entries of each log once. Reports a log that fails to `onError`, and tries it again the next time. */
  readonly follow: () => Promise<void>
  /** Whether the last `follow` reached the end of each log. If not, the answers of the index are old. */
  readonly isCurrent: () => boolean
  /** Waits until the running `follow` has finished. */
  readonly idle: () => Promise<void>
}

/** What {@link createFollowedLogs} needs. */
export interface FollowSettings {
  readonly logs: readonly string[]
  readonly policies: readonly string[]
  readonly db: IndexDatabase
  /** Called for a log that cannot be followed. `place` is its folder or URL. */
  readonly onError: (place: string, error: unknown) => void
}

/** Reads the trust policies and prepares the index. It does not follow a log yet. Rejects if a trust policy cannot be used. */
export async function createFollowedLogs({ logs, policies, db, onError }: FollowSettings): Promise<FollowedLogs> {
  const trusted = await Promise.all(policies.map(async (file) => parsePolicy(await readFile(file, 'utf8'))))
  const readers = new Map<string, LogReader>()
  await prepareIndex(db)
  let running: Promise<void> | undefined
  let isCurrent = false
  const followAll = async (): Promise<void> => {
    let failed = 0
    for (const place of logs) {
      try {
        for await (const reader of openReaders(place, trusted)) {
          await followLog(db, reader)
          readers.set(reader.log.name, reader)
        }
      } catch (error) {
        failed++
        onError(place, error)
      }
    }
    isCurrent = failed === 0
  }
  return {
    readers: () => readers,
    isCurrent: () => isCurrent,
    follow: () => {
      running ??= followAll().finally(() => {
        running = undefined
      })
      return running
    },
    idle: async () => running,
  }
}

/** Opens the shards of a log, oldest first. Yields nothing if it does not exist yet. */
async function* openReaders(place: string, policies: readonly Policy[]): AsyncGenerator<LogReader> {
  let newest: Policy | undefined
  for (const source of await openShards(place)) {
    const origin = await readOrigin(source)
    if (origin === undefined) continue
    const named = policies.find((each) => findTrustedName(origin, each) !== undefined)
    const policy = newest ?? named
    if (policy === undefined) throw new Error(`no trust policy names the log ${origin}`)
    const reader = await openLogReader(source, policy)
    // The next shard is signed with the newest key.
    newest = withNewestKey(policy, reader.rotations)
    yield reader
  }
}

async function readOrigin(source: LogSource): Promise<string | undefined> {
  const bytes = await source.read('checkpoint')
  return bytes === undefined ? undefined : parseCheckpoint(parseNote(bytes).text).origin
}
