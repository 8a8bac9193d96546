import { type Entry, parseEntry, UnreadableEntryError } from '../../contract/audit-log/entry.ts'
import { isAskedFor } from '../../contract/audit-log/operator-request.ts'
import { uuidV7Time } from '../../contract/uuid-v7.ts'
import type { CountCheck } from '../counts/count-check.ts'
import { DOUBTFUL_KINDS, type Finding, type FindingKind, LogDamagedError } from '../finding.ts'
import { canonicalBytes } from '../log/canonical.ts'
import { HASH_BYTES, hashLeaves, isSameHash } from '../merkle/hash.ts'
import { TILE_WIDTH, tilePath } from '../merkle/tile-path.ts'
import { formatBase64 } from '../note/base64.ts'
import type { Policy } from '../note/policy.ts'
import { type KeyRotation, ROTATION_KIND } from '../note/rotation.ts'
import { periodIn, workerLogName, workerOf } from '../note/shard-name.ts'
import { readShardEntry } from '../shards/shard-entries.ts'
import { type CosignedBounds, createCosignedTimes } from './cosigned-times.ts'
import { type PartsFault, watchParts } from './entry-parts.ts'
import type { Prunings } from './prunings.ts'
import { readEntries } from './read-entries.ts'
import { decodeEntries, type LogSource, type Report, readFileOf, readTileFile } from './source.ts'

/**
 * Reads what a log says, entry by entry. `verifyLog` checks only that the entries are those that were signed; somebody who writes the log can sign
 * nonsense. Memory does not grow with the log: it holds the ids of ten minutes, and the entries that wait for their parts.
 */

/** How many findings are in the report, and how many of each of {@link DOUBTFUL_KINDS}. Further ones are only counted. */
const MAX_FINDINGS = 100

/** What {@link verifyEntries} reads. */
export interface EntriesToVerify {
  readonly source: LogSource
  /** The origin in the log's checkpoint. Each entry names it. */
  readonly origin: string
  /** How many entries the log has. */
  readonly size: number
  /** The trust policy with the keys of the log, as `verifyLog` found them: with others, no cosignature would count, and no time would be held to one. */
  readonly policy: Policy
  /** Whether a bundle may be missing, as `verifyLog` found it. */
  readonly isPruned: Prunings['isPruned']
  /** Checks the numbers of countries' parts. The shards of one log share it, because the numbers go on from shard to shard. */
  readonly counted?: CountCheck
  /** The present time, in milliseconds since 1970. */
  readonly nowMs: number
  /** Called from time to time with the progress, in entries. */
  readonly onProgress?: (done: number, total: number) => void
}

/** The result of reading the entries. */
export interface EntriesReport {
  /** How many entries were read. It is less than the size of the log if a bundle is missing, which `verifyLog` reports. */
  readonly read: number
  /** How many of them are of a form that this version does not know. */
  readonly unknown: number
  /** How many of them have a wrong time. Neighbours of them are one finding. */
  readonly mistimed: number
  readonly findings: readonly Finding[]
  /** How many more findings there were, which are not in the list. */
  readonly further: number
  /** How many workers the gateway had at most, by the log's `start` entries; 0 if they name none. */
  readonly workers: number
}

type ReportEntry = (kind: FindingKind, index: number, expected: string, came: string) => void

/** Reads all entries of a log and reports what is wrong with them. Rejects only if the source cannot be read. */
export async function verifyEntries(log: EntriesToVerify): Promise<EntriesReport> {
  const findings: Finding[] = []
  const listed = new Map<FindingKind | 'wrong', number>()
  let [further, unknown, read, workers] = [0, 0, 0, 0]
  const list = (finding: Finding): void => {
    // However many doubtful entries there are, they must not hide a finding that comes after them.
    const kind = DOUBTFUL_KINDS.has(finding.kind) ? finding.kind : 'wrong'
    const before = listed.get(kind) ?? 0
    listed.set(kind, before + 1)
    if (before < MAX_FINDINGS) findings.push(finding)
    else further++
  }
  const report: ReportEntry = (kind, index, expected, came) => {
    if (kind === 'UNKNOWN_FORM') unknown++
    list({ kind, where: `entry ${index}`, expected, came })
  }
  const mistimed = joinMistimed(list)
  const watch = createWatch(log, report, mistimed.push)
  try {
    for await (const { index, bytes } of readEntries(log.source, log.size, 0, log.isPruned)) {
      if (index > read) watch.skip(read, index)
      workers = Math.max(workers, workersIn(await watch.push(index, bytes)))
      for (const { expected, came } of log.counted?.push({ index, bytes }) ?? []) report('COUNT', index, expected, came)
      read = index + 1
      if (read % 256 === 0) log.onProgress?.(read, log.size)
    }
    watch.end()
  } catch (error) {
    // A file is missing or malformed. `verifyLog` names each one.
    if (!(error instanceof LogDamagedError)) throw error
  }
  mistimed.end()
  return { read, unknown, mistimed: mistimed.count(), findings, further, workers }
}

/** Returns how many workers an entry names; 0 if it names none. */
function workersIn(entry: Entry | undefined): number {
  return entry?.kind === 'start' && entry.v === 3 ? entry.worker.of : 0
}

function createWatch(
  { source, origin, policy, nowMs }: EntriesToVerify,
  report: ReportEntry,
  reportTime: (index: number, timeMs: number, expected: string, came: string) => void,
) {
  const cosigned = createCosignedTimes(source, policy, nowMs + MAX_CLOCK_SKEW_MS)
  const ids = createRecentIds()
  const times = watchTimes(nowMs)
  const parts = watchParts()
  const reportParts = ({ index, expected, came }: PartsFault) => report('PARTS', index, expected, came)
  return {
    async push(index: number, bytes: Uint8Array): Promise<Entry | undefined> {
      const entry = readForm(index, bytes, report)
      if (entry === undefined) return undefined
      checkOwner(index, entry, origin, report)
      const timeMs = Date.parse(entry.time)
      const fault = times.push(
        {
          timeMs,
          idMs: uuidV7Time(entry.id) ?? 0,
          isAskedFor: isAskedFor(entry.kind),
          durationMs: entry.kind === 'request' ? entry.result.durationMs : 0,
        },
        await cosigned.around(index),
      )
      if (fault !== undefined) reportTime(index, timeMs, fault.expected, fault.came)
      const earlier = ids.add(entry.id, index, fault === undefined ? timeMs : undefined)
      if (earlier !== undefined) report('ID', index, 'an id that no other entry has', `the id of entry ${earlier}`)
      for (const each of parts.push(index, entry)) reportParts(each)
      return entry
    },
    skip: parts.skip,
    end: () => parts.end().forEach(reportParts),
  }
}

/** Parses an entry, and checks that its bytes are those that RFC 8785 writes: another form could mean something else to another reader. */
function readForm(index: number, bytes: Uint8Array, report: ReportEntry): Entry | undefined {
  let entry: Entry
  try {
    entry = parseEntry(bytes)
  } catch (error) {
    if (!(error instanceof UnreadableEntryError)) throw error
    const kind = error.isUnknownForm ? 'UNKNOWN_FORM' : 'FORM'
    report(kind, index, 'an entry of the audit log', error.message.replace(/^expected an entry of the audit log: /, ''))
    return undefined
  }
  // What parsing returns has the members of the entry: it rejects others, and adds none.
  if (!isCanonical(entry, bytes)) report('FORM', index, 'canonical JSON (RFC 8785)', NOT_CANONICAL)
  return entry
}

const NOT_CANONICAL =
  'other bytes of the same value: a member twice, white space, another order, or a number or text in another form'

function isCanonical(entry: Entry, bytes: Uint8Array): boolean {
  try {
    return Buffer.compare(canonicalBytes(entry), bytes) === 0
  } catch (error) {
    // A lone surrogate has no form in RFC 8785.
    if (error instanceof TypeError) return false
    throw error
  }
}

/** Checks that the entry names the log in which it stands. A log that is one period of a longer one has the period behind the name. */
function checkOwner(index: number, entry: Entry, origin: string, report: ReportEntry): void {
  const owner = 'node' in entry ? entry.node : 'origin' in entry ? entry.origin : entry.gateway
  if (periodIn(origin, owner) !== undefined) return
  // The name in the entry may be any text, so no message repeats it.
  report('OWNER', index, `an entry of ${origin}`, 'one that names another log')
}

/** Receives the entries of one bundle in order. `first` is the index of the first of them. */
export type EntriesCheck = (entries: readonly Uint8Array[], first: number, report: Report) => void

/** What {@link readLeafFiles} and {@link checkLeaves} work with. */
export interface LeafOptions {
  /** The size in the log's checkpoint. */
  readonly size: number
  readonly rotations: readonly KeyRotation[]
  /** Says which bundles may be missing. */
  readonly prunings: Prunings
  /** Does not read the entries. */
  readonly hashesOnly: boolean
  /** A further check of the entries. This room does not know what they contain. */
  readonly checkEntries: EntriesCheck | undefined
}

/** The files of up to 256 leaves as they came: their hashes, and their entries. */
export interface LeafFiles {
  readonly index: number
  readonly width: number
  /** Undefined if the file is missing or malformed. */
  readonly tile: Uint8Array | undefined
  readonly bundle: Uint8Array | undefined
  /** What is wrong with the files, in a fixed order, although both are read at the same time. */
  readonly findings: readonly Parameters<Report>[0][]
}

/** Reads the tile of leaves at `index`, and its bundle. */
export async function readLeafFiles(
  source: LogSource,
  { index, width }: { readonly index: number; readonly width: number },
  { hashesOnly, prunings }: Pick<LeafOptions, 'hashesOnly' | 'prunings'>,
): Promise<LeafFiles> {
  const [tileFindings, bundleFindings]: [Parameters<Report>[0][], Parameters<Report>[0][]] = [[], []]
  const [tile, bundle] = await Promise.all([
    readTileFile(source, { level: 0, index, width }, (finding) => void tileFindings.push(finding)),
    hashesOnly
      ? undefined
      : readFileOf(source, { level: 'entries', index, width }, (finding) => void bundleFindings.push(finding)),
  ])
  const isGone = bundle === undefined && prunings.isPruned(index)
  return { index, width, tile, bundle, findings: [...tileFindings, ...(isGone ? [] : bundleFindings)] }
}

/** Checks the entries against the hashes of the tile. Returns the hashes; if the tile is missing, those of the entries. */
export function checkLeaves(
  { index, width, tile, bundle, findings }: LeafFiles,
  { size, rotations, checkEntries }: LeafOptions,
  report: Report,
): Uint8Array | undefined {
  for (const finding of findings) report(finding)
  const bundleId = { level: 'entries' as const, index, width }
  const first = index * TILE_WIDTH
  const entries = bundle && decodeEntries(bundle, bundleId, report)
  if (entries === undefined) return tile
  if (bundle !== undefined && includes(bundle, ROTATION_MARK)) checkRotations(entries, first, rotations, report)
  if (bundle !== undefined && includes(bundle, END_MARK)) checkEnds(entries, first, size, report)
  const hashes = hashLeaves(entries)
  // Nearly all tiles: one comparison says that each entry is the one that was hashed.
  const areSame = tile !== undefined && isSameHash(tile.subarray(0, hashes.length), hashes)
  for (let at = 0; !areSame && at < entries.length; at++) {
    const came = hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)
    const expected = tile?.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)
    if (expected === undefined || isSameHash(expected, came)) continue
    report({
      kind: 'ENTRY',
      where: `entry ${first + at} in ${tilePath(bundleId)}`,
      expected: `${formatBase64(expected)} in ${tilePath({ level: 0, index, width })}`,
      came: formatBase64(came),
    })
  }
  checkEntries?.(entries, first, report)
  return tile ?? (entries.length === width ? hashes : undefined)
}

/** What each entry of a rotation contains: its kind as RFC 8785 writes it. In a text of another entry, the quotes are escaped. */
const ROTATION_MARK = Buffer.from(`"kind":"${ROTATION_KIND}"`)

/** The same for the end of a shard. */
const END_MARK = Buffer.from('"kind":"shard-end"')

function includes(bytes: Uint8Array, mark: Buffer): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(mark)
}

/** Reports an end of a shard that is not the last entry: a shard that has ended takes no more entries. */
function checkEnds(entries: readonly Uint8Array[], first: number, size: number, report: Report): void {
  for (const [at, entry] of entries.entries()) {
    if (first + at === size - 1 || readShardEntry(entry)?.kind !== 'shard-end') continue
    report({
      kind: 'SHARD',
      where: `entry ${first + at}`,
      expected: `the end of the shard as its last entry, ${size - 1}`,
      came: 'entries behind it',
    })
  }
}

/**
 * Reports each entry of a rotation whose proof the log does not have. Without the proof, a reader would accept the replaced key.
 * @param first the index of the first entry
 */
function checkRotations(
  entries: readonly Uint8Array[],
  first: number,
  rotations: readonly KeyRotation[],
  report: Report,
): void {
  for (const [at, entry] of entries.entries()) {
    const index = first + at
    if (!includes(entry, ROTATION_MARK) || rotations.some((rotation) => rotation.index === index)) continue
    const expected = `the proof of the rotation at entry ${index}`
    report({ kind: 'MISSING', where: 'rotations', expected, came: 'none' })
  }
}

/** By how much the clocks of a log's owner and of the witnesses may differ, in milliseconds. */
export const MAX_CLOCK_SKEW_MS = 5 * 60_000

/**
 * How far the times in a log may go back from one entry to a later one, in milliseconds: entries of one moment wait for the disk in no particular
 * order, and a clock is set by a little now and then. The time in an entry's id may differ from the entry's time by as much.
 */
export const MAX_DISORDER_MS = 60_000

/** The times of an entry, in milliseconds since 1970. */
export interface EntryTimes {
  readonly timeMs: number
  /** The time in its id (RFC 9562, UUIDv7). */
  readonly idMs: number
  /** How long what the entry is about took. The id of a request is of its beginning, and its time is of its end. */
  readonly durationMs: number
  /** Whether a command asked for the entry. Its id is of the command, and its time is of when the owner of the log wrote it, perhaps days later. */
  readonly isAskedFor: boolean
}

/** What is wrong with the time of an entry. */
export interface TimeFault {
  readonly expected: string
  readonly came: string
}

/** Watches the times of the entries of one log. */
export interface TimesWatch {
  /** Takes the next entry in order. Returns what is wrong with its time, or undefined. */
  readonly push: (times: EntryTimes, bounds: CosignedBounds) => TimeFault | undefined
}

/**
 * Creates a watch for the times of one log's entries: the id is of the time of the entry, or of the command that asked for it; times do not go back; no entry is of the future, or later
 * than witnesses saw a tree with it, or earlier than witnesses saw a tree without it.
 * @param nowMs the present time of the reader
 */
export function watchTimes(nowMs: number): TimesWatch {
  let latestMs = Number.NEGATIVE_INFINITY
  return {
    push({ timeMs, idMs, durationMs, isAskedFor }, { afterMs, beforeMs }) {
      const latestPossible = Math.min(nowMs, beforeMs ?? nowMs) + MAX_CLOCK_SKEW_MS
      if (timeMs > latestPossible) {
        const by = beforeMs === undefined || beforeMs > nowMs ? 'the present' : 'a cosigned tree with this entry'
        return fault(`a time up to ${by}, ${format(latestPossible - MAX_CLOCK_SKEW_MS)}`, timeMs)
      }
      if (afterMs !== undefined && timeMs < afterMs - MAX_CLOCK_SKEW_MS) {
        return fault(`a time after that of a cosigned tree without this entry, ${format(afterMs)}`, timeMs)
      }
      if (timeMs < latestMs - MAX_DISORDER_MS) {
        return fault(`a time after that of an earlier entry, ${format(latestMs)}`, timeMs)
      }
      latestMs = Math.max(latestMs, timeMs)
      const afterIdMs = timeMs - durationMs - idMs
      if (Math.abs(afterIdMs) <= MAX_DISORDER_MS || (isAskedFor && afterIdMs > 0)) return undefined
      return { expected: `an id of the entry’s time, ${format(timeMs)}`, came: `an id of ${format(idMs)}` }
    },
  }
}

function fault(expected: string, timeMs: number): TimeFault {
  return { expected, came: format(timeMs) }
}

function format(timeMs: number): string {
  return new Date(timeMs).toISOString()
}

/** Makes one finding of neighbouring entries with a wrong time: a clock that is wrong for an hour writes thousands of them. */
export interface MistimedRuns {
  /** Takes the next entry with a wrong time, in order. */
  readonly push: (index: number, timeMs: number, expected: string, came: string) => void
  /** Ends the last run. */
  readonly end: () => void
  /** How many entries were taken. */
  readonly count: () => number
}

interface Run {
  readonly first: number
  readonly last: number
  readonly fromMs: number
  readonly untilMs: number
  readonly expected: string
  readonly came: string
}

/** Joins entries to runs, and gives each run as a finding that names the first and the last entry, and their earliest and latest time. */
export function joinMistimed(report: (finding: Finding) => void): MistimedRuns {
  let run: Run | undefined
  let count = 0
  const end = (): void => {
    if (run !== undefined) report(toFinding(run))
    run = undefined
  }
  return {
    push(index, timeMs, expected, came) {
      count++
      if (run !== undefined && index === run.last + 1) {
        run = { ...run, last: index, fromMs: Math.min(run.fromMs, timeMs), untilMs: Math.max(run.untilMs, timeMs) }
        return
      }
      end()
      run = { first: index, last: index, fromMs: timeMs, untilMs: timeMs, expected, came }
    },
    end,
    count: () => count,
  }
}

function toFinding({ first, last, fromMs, untilMs, expected, came }: Run): Finding {
  if (first === last) return { kind: 'TIME', where: `entry ${first}`, expected, came }
  const times = `${new Date(fromMs).toISOString()} to ${new Date(untilMs).toISOString()}`
  return { kind: 'TIME', where: `entries ${first} to ${last}`, expected, came: times }
}

/**
 * How far back an id is remembered, in milliseconds of the entries' own times. An id is of the moment of its entry, and the entries of a log
 * are in the order of their times (entry-times.ts), so that two entries with one id are close to each other, or one of them has a wrong time.
 */
const REMEMBERED_MS = 10 * 60_000

/** The most ids that are remembered: about 60 MB. A log that writes more in ten minutes is checked over a shorter time. */
const MAX_REMEMBERED = 500_000

/** Remembers the ids of the last entries. */
export interface RecentIds {
  /**
   * Remembers an entry's id. Returns the index of an earlier entry with the same id, or undefined.
   * @param timeMs the time of the entry; undefined if it is wrong: then it counts as of the latest time, or one entry of 2031 would make all ids forgotten.
   */
  readonly add: (id: string, index: number, timeMs: number | undefined) => number | undefined
}

/** Creates an empty memory of ids. */
export function createRecentIds(maxRemembered: number = MAX_REMEMBERED): RecentIds {
  // A map yields its keys in the order in which they came.
  const seen = new Map<string, { readonly index: number; readonly timeMs: number }>()
  let latestMs = Number.NEGATIVE_INFINITY

  const forget = (): void => {
    for (const [id, { timeMs }] of seen) {
      if (timeMs >= latestMs - REMEMBERED_MS && seen.size <= maxRemembered) return
      seen.delete(id)
    }
  }

  return {
    add(id, index, given) {
      const timeMs = given ?? latestMs
      const key = Buffer.from(id.replaceAll('-', ''), 'hex').toString('latin1')
      const earlier = seen.get(key)
      if (earlier !== undefined) return earlier.index
      seen.set(key, { index, timeMs })
      latestMs = Math.max(latestMs, timeMs)
      forget()
      return undefined
    },
  }
}

/** What the entries of one log say about the workers of its gateway. */
export interface WorkersOfLog {
  /** The name of the log, without a period. */
  readonly log: string
  /** How many workers the gateway had at most, by the log's `start` entries; 0 if they name none. */
  readonly workers: number
}

/**
 * Reports the logs of workers that are missing. Each `start` entry of a worker says how many workers there are, and each of them has a log of its own: so
 * whoever withholds the log of one worker would have to withhold those of all.
 */
export function findMissingWorkers(logs: readonly WorkersOfLog[]): readonly Finding[] {
  const most = new Map<string, number>()
  for (const { log, workers } of logs) {
    const gateway = workerOf(log)?.gateway ?? log
    if (workers > 0) most.set(gateway, Math.max(workers, most.get(gateway) ?? 0))
  }
  const given = new Set(logs.map(({ log }) => log))
  return [...most].flatMap(([gateway, workers]) =>
    Array.from({ length: workers }, (_, at) => workerLogName(gateway, at + 1))
      .filter((name) => !given.has(name))
      .map((name): Finding => {
        const expected = `the log of each of the ${workers} workers that a start names`
        return { kind: 'ORIGIN', where: name, expected, came: 'none of that origin' }
      }),
  )
}
