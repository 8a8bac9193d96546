/**
 * Reads what a log says, entry by entry. `verifyLog` checks only that the entries are those that were signed; somebody who writes the log can sign
 * nonsense. Memory does not grow with the log: it holds the ids of ten minutes, and the entries that wait for their parts.
 */
import { type Entry, parseEntry, UnreadableEntryError } from '../../contract/audit-log/entry.ts'
import { isAskedFor } from '../../contract/audit-log/operator-request.ts'
import { uuidV7Time } from '../../contract/uuid-v7.ts'
import type { CountCheck } from '../counts/count-check.ts'
import { DOUBTFUL_KINDS, type Finding, type FindingKind, LogDamagedError } from '../finding.ts'
import { canonicalBytes } from '../log/canonical.ts'
import { decodeNotes, historyPath } from '../log/history.ts'
import { HASH_BYTES, hashLeaves, isSameHash } from '../merkle/hash.ts'
import { TILE_WIDTH, tilePath } from '../merkle/tile.ts'
import { formatBase64 } from '../note/base64.ts'
import { readUncheckedCheckpoint } from '../note/checkpoint.ts'
import { type Policy, tryCheckCheckpoint } from '../note/policy.ts'
import { type KeyRotation, ROTATION_KIND } from '../note/rotation.ts'
import { periodIn, workerLogName, workerOf } from '../note/shard-name.ts'
import { readShardEntry } from '../shards/shard-entries.ts'
import type { Prunings } from './prunings.ts'
import { decodeEntries, type Report, readEntries, readFileOf, readTileFile } from './read-log.ts'
import type { LogSource } from './source.ts'

/** How many findings are in the report, and how many of each of {@link DOUBTFUL_KINDS}. Further ones are only counted. */
const MAX_FINDINGS = 100

/** What {@link verifyEntries} reads. */
interface EntriesToVerify {
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

/** What {@link readLeafFiles} and {@link checkLeaves} work with. */
export interface LeafOptions {
  /** The size in the log's checkpoint. */
  readonly size: number
  readonly rotations: readonly KeyRotation[]
  /** Says which bundles may be missing. */
  readonly prunings: Prunings
  /** Does not read the entries. */
  readonly hashesOnly: boolean
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
  { size, rotations }: LeafOptions,
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
interface EntryTimes {
  readonly timeMs: number
  /** The time in its id (RFC 9562, UUIDv7). */
  readonly idMs: number
  /** How long what the entry is about took. The id of a request is of its beginning, and its time is of its end. */
  readonly durationMs: number
  /** Whether a command asked for the entry. Its id is of the command, and its time is of when the owner of the log wrote it, perhaps days later. */
  readonly isAskedFor: boolean
}

/** What is wrong with the time of an entry. */
interface TimeFault {
  readonly expected: string
  readonly came: string
}

/**
 * Creates a watch for the times of one log's entries: the id is of the time of the entry, or of the command that asked for it; times do not go back; no entry is of the future, or later
 * than witnesses saw a tree with it, or earlier than witnesses saw a tree without it.
 * @param nowMs the present time of the reader
 */
export function watchTimes(nowMs: number) {
  let latestMs = Number.NEGATIVE_INFINITY
  return {
    /** Takes the next entry in order. Returns what is wrong with its time, or undefined. */
    push(
      { timeMs, idMs, durationMs, isAskedFor }: EntryTimes,
      { afterMs, beforeMs }: CosignedBounds,
    ): TimeFault | undefined {
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

interface Run {
  readonly first: number
  readonly last: number
  readonly fromMs: number
  readonly untilMs: number
  readonly expected: string
  readonly came: string
}

/** Joins entries to runs, and gives each run as a finding that names the first and the last entry, and their earliest and latest time. */
export function joinMistimed(report: (finding: Finding) => void) {
  let run: Run | undefined
  let count = 0
  const end = (): void => {
    if (run !== undefined) report(toFinding(run))
    run = undefined
  }
  return {
    /** Takes the next entry with a wrong time, in order. */
    push(index: number, timeMs: number, expected: string, came: string) {
      count++
      if (run !== undefined && index === run.last + 1) {
        run = { ...run, last: index, fromMs: Math.min(run.fromMs, timeMs), untilMs: Math.max(run.untilMs, timeMs) }
        return
      }
      end()
      run = { first: index, last: index, fromMs: timeMs, untilMs: timeMs, expected, came }
    },
    /** Ends the last run. */
    end,
    /** How many entries were taken. */
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
 * are in the order of their times, so that two entries with one id are close to each other, or one of them has a wrong time.
 */
const REMEMBERED_MS = 10 * 60_000

/** The most ids that are remembered: about 60 MB. A log that writes more in ten minutes is checked over a shorter time. */
const MAX_REMEMBERED = 500_000

/** Creates an empty memory of ids. */
export function createRecentIds(maxRemembered: number = MAX_REMEMBERED) {
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
    /**
     * Remembers an entry's id. Returns the index of an earlier entry with the same id, or undefined.
     * @param timeMs the time of the entry; undefined if it is wrong: then it counts as of the latest time, or one entry of 2031 would make all ids forgotten.
     */
    add(id: string, index: number, given: number | undefined): number | undefined {
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

/** After so many further entries, a part that is still missing does not come any more. The log writes all parts of an entry at once. */
const WAIT_FOR_PARTS = 10_000

/** What is wrong with the parts of an entry: a sentence's end after «expected … , came …». */
interface PartsFault {
  /** The index of the entry, or of its first part if the entry itself is missing. */
  readonly index: number
  readonly expected: string
  readonly came: string
}

/** Watches that each request has all its continuations, and each leg all its details: the parts 1, 2, 3 …, each once. */
interface PartsWatch {
  /** Takes the next entry in order. Returns what is wrong with this entry, and with entries that have waited too long. */
  readonly push: (index: number, entry: Entry) => readonly PartsFault[]
  /**
   * Says that the entries before the next one were pruned. An entry and its parts stand one behind another, so only what stands at one of the two edges may
   * have lost the others.
   * @param from the index of the first entry that is gone
   * @param until the index of the next entry
   */
  readonly skip: (from: number, until: number) => void
  /** Returns what is still missing at the end of the log. */
  readonly end: () => readonly PartsFault[]
}

/** What is known of an entry that has parts. */
interface Waiting {
  /** The index of what came first: the entry or one of its parts. */
  readonly since: number
  /** The index of what came last. */
  last: number
  /** How many parts the entry says that it has; undefined until the entry comes. */
  declared: number | undefined
  readonly parts: Set<number>
  readonly what: 'continuations' | 'details'
}

/** Creates a watch for one log. It remembers only entries whose parts are not complete, for at most 10,000 entries. */
export function watchParts(): PartsWatch {
  const waiting = new Map<string, Waiting>()
  /** The indexes behind pruned entries. */
  const edges = new Set<number>()

  const open = (id: string, index: number, what: Waiting['what']): Waiting => {
    const found = waiting.get(id) ?? { since: index, last: index, declared: undefined, parts: new Set<number>(), what }
    found.last = index
    waiting.set(id, found)
    return found
  }

  const giveUp = (before: number): readonly PartsFault[] => {
    const faults: PartsFault[] = []
    for (const [id, entry] of waiting) {
      if (entry.since >= before) break
      waiting.delete(id)
      if (!isCutBefore(entry, edges)) faults.push(describeMissing(entry))
    }
    return faults
  }

  const declare = (id: string, index: number, count: number, what: Waiting['what']): void => {
    if (count === 0 && !waiting.has(id)) return
    open(id, index, what).declared = count
  }

  const settle = (id: string): void => {
    const entry = waiting.get(id)
    if (entry?.declared !== undefined && isComplete(entry.parts, entry.declared)) waiting.delete(id)
  }

  const addPart = (index: number, of: string, part: number, what: Waiting['what']): readonly PartsFault[] => {
    const entry = open(of, index, what)
    if (entry.parts.has(part))
      return [{ index, expected: `each part of an entry once`, came: `part ${part} once more` }]
    entry.parts.add(part)
    settle(of)
    return []
  }

  const push: PartsWatch['push'] = (index, entry) => {
    const late = giveUp(index - WAIT_FOR_PARTS)
    if (entry.kind === 'continuation') return [...late, ...addPart(index, entry.of, entry.part, 'continuations')]
    if (entry.kind === 'leg-detail') return [...late, ...addPart(index, entry.of, entry.part, 'details')]
    if (entry.kind === 'request') declare(entry.id, index, entry.continuations, 'continuations')
    if (entry.kind === 'leg') declare(entry.id, index, entry.details, 'details')
    settle(entry.id)
    return late
  }

  const skip: PartsWatch['skip'] = (from, until) => {
    for (const [id, entry] of waiting) if (entry.last === from - 1 && isCutBehind(entry)) waiting.delete(id)
    edges.add(until)
  }

  return { push, skip, end: () => giveUp(Number.POSITIVE_INFINITY) }
}

/** Whether what an entry lacks stood before it, at an edge: a request stands before its continuations, and details before their leg. */
function isCutBefore({ since, declared, what }: Waiting, edges: ReadonlySet<number>): boolean {
  return edges.has(since) && (what === 'details' || declared === undefined)
}

/** Whether what an entry lacks may stand behind it. */
function isCutBehind({ declared, what }: Waiting): boolean {
  return what === 'continuations' ? declared !== undefined : declared === undefined
}

function isComplete(parts: ReadonlySet<number>, count: number): boolean {
  return parts.size === count && [...parts].every((part) => part <= count)
}

function describeMissing({ since, declared, parts, what }: Waiting): PartsFault {
  const came =
    parts.size === 0 ? 'none of them' : `the parts ${[...parts].sort((one, other) => one - other).join(', ')}`
  const expected = declared === undefined ? 'the entry that the part belongs to' : `${declared} ${what}`
  return { index: since, expected, came: declared === undefined ? `${came} without it` : came }
}

/** The size of a tree, and when a quorum of witnesses had cosigned it. */
interface CosignedHead {
  readonly size: number
  readonly timeMs: number
}

/** Between which cosignatures an entry was written, in milliseconds since 1970. A bound is undefined if no cosignature gives it. */
interface CosignedBounds {
  /** Witnesses had cosigned a tree without the entry at this time. */
  readonly afterMs: number | undefined
  /** Witnesses had cosigned a tree with the entry at this time. */
  readonly beforeMs: number | undefined
}

/** How many entries one file of the history covers (audit/log/history.ts). */
const ENTRIES_PER_FILE = 4_096

/** Of the checkpoints over so many entries, one is enough: an entry needs one checkpoint before it and one behind it. */
const ENTRIES_PER_HEAD = 256

/** How many checkpoints over the same 256 entries are tried. While a quorum is missing, all of them would fail. */
const MAX_TRIES = 8

/**
 * Reads from a log's history when witnesses cosigned it. It holds two files of the history in memory, and verifies at most one checkpoint for
 * 256 entries, so its cost does not depend on how often the log signed.
 * @param policy the trust policy, with the rotations of the log's key
 * @param latestMs cosignatures of a later time are ignored, because their witness has a wrong clock
 */
function createCosignedTimes(source: LogSource, policy: Policy, latestMs: number) {
  let heads: readonly CosignedHead[] = []
  let read = 0

  /** Reads the files of the history up to the one behind the file of the entry, and forgets what is far before the entry. */
  const advance = async (index: number): Promise<void> => {
    const until = Math.floor(index / ENTRIES_PER_FILE) + 2
    for (; read < until; read++) {
      const notes = await readNotes(source, read)
      heads = [...heads.slice(-2 * (ENTRIES_PER_FILE / ENTRIES_PER_HEAD)), ...pick(notes, policy, latestMs)].sort(
        (one, other) => one.size - other.size,
      )
    }
  }

  return {
    /** Returns the bounds of an entry. The caller asks in the order of the indexes. Rejects with the errors of the source. */
    async around(index: number) {
      await advance(index)
      return {
        afterMs: heads.findLast(({ size }) => size <= index)?.timeMs,
        beforeMs: heads.find(({ size }) => size > index)?.timeMs,
      }
    },
  }
}

async function readNotes(source: LogSource, file: number): Promise<readonly string[]> {
  const [bytes, latest] = await Promise.all([
    source.read(historyPath(file * ENTRIES_PER_FILE)),
    file === 0 ? source.read('checkpoint') : undefined,
  ])
  return [
    ...(bytes === undefined ? [] : decodeNotes(bytes).notes),
    ...(latest === undefined ? [] : [Buffer.from(latest).toString('utf8')]),
  ]
}

/** Picks of every 256 entries the last checkpoint that a quorum cosigned. */
function pick(notes: readonly string[], policy: Policy, latestMs: number): readonly CosignedHead[] {
  const found = new Map<number, CosignedHead>()
  const tries = new Map<number, number>()
  for (const note of notes.toReversed()) {
    const size = readUncheckedCheckpoint(note)?.size
    // A note with only the signature of the log has no empty line before a second one.
    if (size === undefined || note.indexOf('\n— ') === note.lastIndexOf('\n— ')) continue
    const group = Math.floor(size / ENTRIES_PER_HEAD)
    const tried = tries.get(group) ?? 0
    if (found.has(group) || tried >= MAX_TRIES) continue
    tries.set(group, tried + 1)
    const quorumTime = tryCheckCheckpoint(note, policy)?.quorumTime
    if (quorumTime === undefined || quorumTime * 1_000 > latestMs) continue
    found.set(group, { size, timeMs: quorumTime * 1_000 })
  }
  return [...found.values()]
}
