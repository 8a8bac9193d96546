import { type Entry, parseEntry, UnreadableEntryError } from '../../contract/audit-log/entry.ts'
import { isAskedFor } from '../../contract/audit-log/operator-request.ts'
import { uuidV7Time } from '../../contract/uuid-v7.ts'
import type { CountCheck } from '../counts/count-check.ts'
import { DOUBTFUL_KINDS, type Finding, type FindingKind, LogDamagedError } from '../finding.ts'
import { canonicalBytes } from '../log/canonical.ts'
import type { Policy } from '../note/policy.ts'
import { periodIn } from '../note/shard-name.ts'
import { createCosignedTimes } from './cosigned-times.ts'
import { createRecentIds } from './entry-ids.ts'
import { type PartsFault, watchParts } from './entry-parts.ts'
import { MAX_CLOCK_SKEW_MS, watchTimes } from './entry-times.ts'
import { joinMistimed } from './join-mistimed.ts'
import type { Prunings } from './prunings.ts'
import { readEntries } from './read-entries.ts'
import type { LogSource } from './source.ts'

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

type Report = (kind: FindingKind, index: number, expected: string, came: string) => void

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
  const report: Report = (kind, index, expected, came) => {
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
  report: Report,
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
function readForm(index: number, bytes: Uint8Array, report: Report): Entry | undefined {
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
function checkOwner(index: number, entry: Entry, origin: string, report: Report): void {
  const owner = 'node' in entry ? entry.node : 'origin' in entry ? entry.origin : entry.gateway
  if (periodIn(origin, owner) !== undefined) return
  // The name in the entry may be any text, so no message repeats it.
  report('OWNER', index, `an entry of ${origin}`, 'one that names another log')
}
