import { basename, dirname } from 'node:path'
import { LogDamagedError } from '../../audit/finding.ts'
import type { IndexDatabase } from '../../audit/index/database.ts'
import { followLog, IndexAheadError, prepareIndex } from '../../audit/index/store.ts'
import { parseCheckpoint } from '../../audit/note/checkpoint.ts'
import { NoteError } from '../../audit/note/key.ts'
import { parseNote } from '../../audit/note/note.ts'
import { type Policy, parsePolicy, withNewestKey } from '../../audit/note/policy.ts'
import { findTrustedName } from '../../audit/note/shard-name.ts'
import { type LogReader, openLogReader } from '../../audit/reader/log-reader.ts'
import { openShards } from '../../audit/shards/places.ts'
import type { LogSource } from '../../audit/verify/source.ts'
import { readSetting } from '../../service/read-setting.ts'

/** Why nobody may rely on a log to its end. oversight/schema.graphql says what each means. */
type LogProblem = 'BEHIND' | 'NOT_REACHED' | 'NOT_TRUSTED' | 'NOT_VERIFIED' | 'SET_BACK' | 'FAILED'

/** What is wrong with a log that nobody threw an error about: no trust policy names its origin, or its checkpoint is there no more. */
class LogProblemError extends Error {
  override readonly name = 'LogProblemError'
  readonly problem: LogProblem

  constructor(problem: LogProblem, message: string) {
    super(message)
    this.problem = problem
  }
}

/** Codes of the system and of undici for what could not be reached or read. */
const NOT_REACHED = /^(E[A-Z]{2,}|UND_ERR_[A-Z_]+)$/

/** Tells why a log could not be followed, by the error with which that ended. */
export function problemOf(error: unknown): LogProblem {
  if (error instanceof LogDamagedError || error instanceof NoteError) return 'NOT_VERIFIED'
  if (error instanceof IndexAheadError) return 'SET_BACK'
  if (error instanceof LogProblemError) return error.problem
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown }
  const isNotReached = name === 'TimeoutError' || (typeof code === 'string' && NOT_REACHED.test(code))
  return isNotReached ? 'NOT_REACHED' : 'FAILED'
}

/** Names a log whose origin nobody knows yet, by the end of its place: an auditor need not know the folders of the machine. */
function nameOfPlace(place: string): string {
  const url = URL.parse(place)
  if (url !== null && /^https?:$/.test(url.protocol)) return `${url.host}${url.pathname}`
  return `${basename(dirname(place))}/${basename(place)}`
}

/** A log as far as it is known. */
export interface LogState {
  /** Its origin; the end of its place if nobody could read that. */
  readonly origin: string
  /** Why nobody may rely on it to its end; null if it was read to its end. */
  readonly problem: LogProblem | null
}

/** The audit logs that oversight reads, and the index that follows them. */
export type FollowedLogs = Awaited<ReturnType<typeof createFollowedLogs>>

/** What {@link createFollowedLogs} needs. */
interface FollowSettings {
  readonly logs: readonly string[]
  /** The trust policies that name the logs. */
  readonly trusted: readonly Policy[]
  readonly db: IndexDatabase
  /** Called for a log that cannot be followed. `place` is its folder or URL. */
  readonly onError: (place: string, error: unknown) => void
}

/**
 * Reads the trust policies that name the logs.
 * @throws {ConfigError} if one of the files cannot be used.
 */
export function readTrusted(files: readonly string[]): Promise<readonly Policy[]> {
  return Promise.all(files.map((file) => readSetting(file, 'policies', parsePolicy)))
}

/** Prepares the index. It does not follow a log yet. Rejects with the database's error. */
export async function createFollowedLogs({ logs, trusted, db, onError }: FollowSettings) {
  const places = logs.map((place): FollowedPlace => ({ place, problems: new Map() }))
  const readers = new Map<string, LogReader>()
  await prepareIndex(db)
  let running: Promise<void> | undefined
  let hasFollowed = false
  const states = (): readonly LogState[] =>
    places.flatMap(({ problems }) => [...problems].map(([origin, problem]) => ({ origin, problem })))
  const followAll = async (): Promise<void> => {
    for (const followed of places) await followPlace(followed, { trusted, db, readers, onError })
    hasFollowed = true
  }
  return {
    /** The readers of the logs, by origin, in the state in which each was last opened. */
    readers: () => readers,
    /** The logs that were found so far, with their problems. */
    states,
    /**
     * Why nobody may rely on a log of the index to its end; null if it was read to its end. A log that the settings do not name any more is
     * `NOT_REACHED`: its rows are still in the index.
     */
    problemOf(origin: string): LogProblem | null {
      const known = places.find(({ problems }) => problems.has(origin))
      return known === undefined ? (hasFollowed ? 'NOT_REACHED' : 'BEHIND') : (known.problems.get(origin) ?? null)
    },
    /** Whether the last `follow` reached the end of each log. If not, the answers of the index are old. */
    isCurrent: () => hasFollowed && states().every(({ problem }) => problem === null),
    /** Reads the new entries of each log once. Reports a log that fails to `onError`, and tries it again the next time. */
    follow: () => {
      running ??= followAll().finally(() => {
        running = undefined
      })
      return running
    },
    /** Waits until the running `follow` has finished. */
    idle: async () => running,
  }
}

/** A place of a log, with what is known of each of its shards, by origin. */
interface FollowedPlace {
  readonly place: string
  readonly problems: Map<string, LogProblem | null>
}

interface FollowParts extends Pick<FollowSettings, 'db' | 'onError'> {
  readonly trusted: readonly Policy[]
  readonly readers: Map<string, LogReader>
}

/** Reads the new entries of the log at a place, and notes its problem. Never rejects. */
async function followPlace(
  { place, problems }: FollowedPlace,
  { trusted, db, readers, onError }: FollowParts,
): Promise<void> {
  const read = new Set<string>()
  problems.delete(nameOfPlace(place))
  try {
    for await (const reader of openReaders(place, trusted)) {
      const { name } = reader.log
      // From here on its entries can be proved. The index may need minutes for a long log.
      readers.set(name, reader)
      if (!problems.has(name)) problems.set(name, 'BEHIND')
      await followLog(db, reader)
      problems.set(name, null)
      read.add(name)
    }
    const gone = [...problems.keys()].filter((name) => !read.has(name))
    if (gone.length > 0)
      throw new LogProblemError('NOT_REACHED', `expected ${gone.join(', ')} at ${place}; came none of them`)
  } catch (error) {
    const unread = [...problems.keys()].filter((name) => !read.has(name))
    for (const name of unread.length === 0 ? [nameOfPlace(place)] : unread) problems.set(name, problemOf(error))
    onError(place, error)
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
    if (policy === undefined) throw new LogProblemError('NOT_TRUSTED', `no trust policy names the log ${origin}`)
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
