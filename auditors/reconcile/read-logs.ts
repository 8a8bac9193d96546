/** What a comparison reads of the entries of both logs. */

import { hash } from 'node:crypto'
import { hashLeaf } from '../../audit/merkle/hash.ts'
import { findFirstByTime } from '../../audit/reader/log-reader.ts'
import { type Entry, type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'
import { membersOf } from '../readable-entries.ts'
import { type Difference, MAX_SKEW_MS, ofLog, SETTLED_MS, unreadableAt } from './classes.ts'
import type { Anchor, Side } from './sides.ts'

/** A request in the gateway's log. */
export interface GatewayRequestRecord {
  readonly id: string
  /** When it ended, in milliseconds since the epoch. */
  readonly timeMs: number
  /** How long it took, in milliseconds. */
  readonly durationMs: number
  /** Whether its caller hung up, or the gateway failed: then it may have ended before its legs did. */
  readonly isAbandoned: boolean
  readonly caller: Caller | null
  readonly grounds: LoggedGrounds | null
  readonly continuations: number
  /** The caller's pseudonym, the id of the access token and its hash; null where the entry has none. */
  readonly ref: string | null
  readonly tokenId: string | null
  readonly tokenHash: string | null
  /** The hash of the question's statement under its salt; null if the gateway took no signed question. */
  readonly statement: string | null
  /** The hash of the document without its values; null if the gateway did not read it. */
  readonly documentHash: string | null
  readonly status: number
  /** Whether the gateway refused the whole request. */
  readonly isRefused: boolean
}

type LoggedLeg = EntryOf<'request'>['legs'][number]
type CountryLeg = EntryOf<'leg'>

/** A leg in the gateway's log. `responseHash`: null if the gateway did not read an answer to its end. `records`: null without a receipt. */
export interface GatewayLegRecord
  extends Pick<LoggedLeg, 'domain' | 'reach' | 'code' | 'operationHash' | 'responseHash' | 'records' | 'receipt'> {
  readonly requestId: string
  /** When the request ended, in milliseconds since the epoch. */
  readonly timeMs: number
  readonly requestHash: string
  /** The scopes that the gateway wrote into the leg's token, sorted. */
  readonly scopes: readonly string[]
  /** The country token that went with the leg; null if the leg said nothing of who asks; undefined if only the gateway said it. */
  readonly proof: LoggedLeg['caller']
}

/** A leg in the country's log. `requestId`: null if the leg did not name its request. `responseHash`: null for one that was rejected before its salt was read. */
export interface CountryLegRecord
  extends Pick<CountryLeg, 'requestId' | 'domain' | 'operationHash' | 'responseHash' | 'records'> {
  readonly index: number
  readonly leaf: string
  /** When the country logged it, in milliseconds since the epoch. */
  readonly timeMs: number
  readonly requestHash: string
  /** Whether the country rejected the complete leg. */
  readonly isRejected: boolean
  /** Whether the country did not know the question's document yet: then it gets the leg once more, with the document. */
  readonly isWithoutDocument: boolean
  /** Whether the country did not believe who asks. Then it names nobody. */
  readonly isUnbelieved: boolean
  readonly caller: Caller | null
  /** The country token by which the country knows the caller; undefined if it knows the caller from the gateway, or knows none. */
  readonly proof: CallerProof | undefined
  /** The hash of the question's statement under the leg's salt; absent or null if the country could not say. */
  readonly statement?: string | null | undefined
  /** The scopes in the leg's token, sorted. */
  readonly scopes: readonly string[]
  readonly grounds: LoggedGrounds | null
  /** Why the leg's details do not add up to its records; null if they do. */
  readonly fault: string | null
}

/** What both sides log of a country token. */
export type CallerProof = NonNullable<EntryOf<'leg'>['caller']>

/** What both sides log of a caller. Each side has a pseudonym of its own, which only that side can compare. */
export type Caller = Pick<NonNullable<CountryLeg['actor']>, 'country' | 'agency' | 'role' | 'client' | 'assurance'>

/** What both sides log of the grounds. The refs of cases are pseudonyms of each side. */
interface LoggedGrounds extends Pick<NonNullable<CountryLeg['grounds']>, 'taskForce' | 'purpose' | 'legalBasis'> {
  readonly hasCase: boolean
}

/** Takes a request from its entry. */
function toRequestRecord(entry: EntryOf<'request'>): GatewayRequestRecord {
  const { id, time, actor, grounds, result, continuations, operation, question } = entry
  return {
    id,
    timeMs: Date.parse(time),
    durationMs: result.durationMs,
    continuations,
    isAbandoned: result.isHangup || result.status >= 500,
    caller: toCaller(actor),
    grounds: toGrounds(grounds),
    ref: actor?.ref ?? null,
    tokenId: actor?.tokenId ?? null,
    tokenHash: actor?.tokenHash ?? null,
    statement: question?.statement ?? null,
    documentHash: operation?.documentHash ?? null,
    status: result.status,
    isRefused: result.status >= 400,
  }
}

/** Takes the legs to one country from an entry. A leg that was never sent has no entry in the country's log. */
function toGatewayLegs(
  entry: EntryOf<'request'> | EntryOf<'continuation'>,
  country: string,
): readonly GatewayLegRecord[] {
  const requestId = entry.kind === 'request' ? entry.id : entry.of
  return entry.legs.flatMap((leg) => {
    if (leg.country !== country || leg.requestHash === null) return []
    const { domain, reach, code, operationHash, requestHash, responseHash, records, receipt } = leg
    const scopes = [...leg.granted.scopes].sort()
    const fields = { domain, reach, code, operationHash, requestHash, responseHash, records, receipt, scopes }
    return [{ requestId, timeMs: Date.parse(entry.time), ...fields, proof: leg.caller }]
  })
}

/** Takes a leg from the country's entry. Returns undefined for what was rejected before its token was verified: it belongs to no gateway. */
function toCountryLeg(
  entry: EntryOf<'leg'>,
  place: { readonly index: number; readonly leaf: string; readonly fault: string | null },
): CountryLegRecord | undefined {
  const { requestId, domain, operationHash, requestHash, responseHash, records, actor, grounds, result } = entry
  if (requestHash === null) return undefined
  return {
    ...place,
    requestId,
    timeMs: Date.parse(entry.time),
    domain,
    operationHash,
    requestHash,
    responseHash,
    records,
    isRejected: result.code !== null || result.status >= 400,
    isWithoutDocument: result.code === 'DOCUMENT_UNKNOWN',
    isUnbelieved: result.code === 'CALLER_NOT_VERIFIED',
    caller: toCaller(actor),
    proof: entry.caller,
    statement: entry.statement,
    scopes: [...(actor?.scopes ?? [])].sort(),
    grounds: toGrounds(grounds),
  }
}

function toCaller(actor: EntryOf<'leg'>['actor']): Caller | null {
  if (actor === null) return null
  const { country, agency, role, client, assurance } = actor
  return { country, agency, role, client, assurance }
}

function toGrounds(grounds: EntryOf<'leg'>['grounds']): LoggedGrounds | null {
  if (grounds === null) return null
  const { taskForce, purpose, legalBasis, caseRef } = grounds
  return { taskForce, purpose, legalBasis, hasCase: caseRef !== null }
}

/** Where both logs begin and end, and when the gateway could not log. Times are in milliseconds since the epoch. */
export interface LogEnds {
  readonly gateway: {
    readonly firstMs: number
    readonly lastMs: number
    /** Whether its last entry says that it stopped properly: then each request until then is logged. */
    readonly isStopped: boolean
  }
  readonly country: { readonly origin: string; readonly shards: Side['shards']; readonly firstMs: number }
  /** The latest time that anything shows: the last entries of both logs, their witnesses and, if the logs are live, the clock. */
  readonly presentMs: number
  /** The time of the reader's clock. A leg of the newest minute of old copies has an explanation no longer than its time lasts. */
  readonly nowMs: number
  /** From the last entry before each crash to the start after it, and the times in which the gateway could not write its log. */
  readonly interruptions: readonly { readonly fromMs: number; readonly toMs: number }[]
  /** The SHA-256 of the texts of the country's checkpoints that the receipts of this group name, by {@link nameCheckpoint}. Absent if it is not known. */
  readonly checkpoints: ReadonlyMap<string, string>
}

/** What the gateway's side gives, in the order of its log. */
export type GatewayItem =
  | { readonly kind: 'GATEWAY'; readonly leg: GatewayLegRecord }
  | { readonly kind: 'REQUEST'; readonly request: GatewayRequestRecord }
  | { readonly kind: 'PART'; readonly of: string }

/** What is known of the gateway's side after it was read. Times are in milliseconds since the epoch. */
export interface GatewaySummary {
  readonly ends: LogEnds['gateway']
  readonly interruptions: LogEnds['interruptions']
  /** What is wrong with the log itself, and not with one leg. */
  readonly differences: readonly Difference[]
  /** The index behind the last entry that was read. */
  readonly endIndex: number
}

/** The kinds that commands write. They say nothing about whether the gateway runs. */
const BY_COMMANDS: ReadonlySet<string> = new Set(['oversight', 'reconciliation', 'salt-erasure', 'key-rotation'])

/** How many entries before a start are searched for what came before it. */
const LOOK_BACK = 64

/** The code of the rejections while the log cannot be written. */
const UNWRITABLE = 'RECORD_UNAVAILABLE'

/** Reads the gateway's side. `take` gets what the comparison needs; `onEntry` is called for each entry. */
export async function readGateway(
  side: Side,
  options: SideReading & { readonly country: string; readonly take: (item: GatewayItem) => Promise<void> },
): Promise<GatewaySummary> {
  const { range, country, take } = options
  const given = side.isExport
    ? createExportCheck(side.name, country, { fromMs: range.fromMs, before: side.before })
    : null
  const interruptions: { fromMs: number; toMs: number }[] = []
  let isRunning: boolean | undefined
  const read = await readSide(side, options, async (entry, { index, timeMs, lastMs }) => {
    if (entry.kind === 'start' && (isRunning ?? (await wasRunning(side, index))) && !side.isExport) {
      // A start that does not follow a stop came after a crash.
      interruptions.push({ fromMs: Math.min(lastMs, timeMs), toMs: timeMs })
    }
    if (entry.kind === 'refusals' && entry.code === UNWRITABLE) {
      interruptions.push({ fromMs: Date.parse(entry.minute), toMs: timeMs })
    }
    if (entry.kind === 'stop') isRunning = false
    else if (!BY_COMMANDS.has(entry.kind)) isRunning = true
    given?.add(entry)
    for (const item of itemsOf(entry, country)) await take(item)
  })
  const { unreadable, clock, endIndex } = read
  const ends = given?.ends(read) ?? (await endsOf(side, read))
  return {
    ends: { ...ends, isStopped: isRunning === false && endIndex === side.size },
    interruptions,
    differences: [...unreadable, ...(given?.finish() ?? []), ...clock],
    endIndex,
  }
}

/** How a side is read. */
interface SideReading {
  readonly range: TimeRange
  readonly onEntry: () => void
}

/** What is known of a side after it was read. Times are in milliseconds since the epoch. */
interface ReadSide {
  readonly firstMs: number
  readonly lastMs: number
  /** The index behind the last entry that was read. */
  readonly endIndex: number
  readonly unreadable: readonly Difference[]
  /** What the witnesses say against the times of the entries. */
  readonly clock: readonly Difference[]
}

/** Reads the range of a side, and hands over each entry that can be read. `lastMs`: the latest time of the entries before it. */
async function readSide(
  side: Side,
  { range, onEntry }: SideReading,
  take: (
    entry: Entry,
    place: { readonly index: number; readonly bytes: Uint8Array; readonly timeMs: number; readonly lastMs: number },
  ) => Promise<void>,
): Promise<ReadSide> {
  const clock = createClockCheck(side)
  const unreadable: Difference[] = []
  let [firstMs, lastMs, endIndex] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  for await (const { index, bytes, ...read } of readWindow(side, range)) {
    onEntry()
    endIndex = index + 1
    if (read.entry === undefined) {
      unreadable.push(unreadableAt(side.name, index, read.reason))
      continue
    }
    const { entry, timeMs } = read
    await clock.check(index, timeMs)
    await take(entry, { index, bytes, timeMs, lastMs })
    firstMs = Math.min(firstMs, timeMs)
    lastMs = Math.max(lastMs, timeMs)
  }
  const wrong = clock.firstWrong()
  const ofClock = wrong === undefined ? [] : [ofLog('CLOCK_WRONG', 'clock', side.name, wrong.timeMs, wrong.what)]
  return { firstMs, lastMs, endIndex, unreadable, clock: ofClock }
}

/**
 * Joins what is known of the logs of a gateway's workers. Each of them is complete from its first entry on, and until it stopped or, if it goes on, until
 * its last one.
 */
export function joinSummaries(all: readonly GatewaySummary[]): Omit<GatewaySummary, 'endIndex'> {
  const goingOn = all.filter(({ ends }) => !ends.isStopped).map(({ ends }) => ends.lastMs)
  return {
    ends: {
      firstMs: Math.min(...all.map(({ ends }) => ends.firstMs)),
      lastMs: goingOn.length > 0 ? Math.min(...goingOn) : Math.max(...all.map(({ ends }) => ends.lastMs)),
      isStopped: goingOn.length === 0,
    },
    interruptions: all.flatMap(({ interruptions }) => interruptions),
    differences: all.flatMap(({ differences }) => differences),
  }
}

function itemsOf(entry: Entry, country: string): readonly GatewayItem[] {
  if (entry.kind !== 'request' && entry.kind !== 'continuation') return []
  const legs = toGatewayLegs(entry, country).map((leg) => ({ kind: 'GATEWAY' as const, leg }))
  if (entry.kind === 'continuation') return [{ kind: 'PART', of: entry.of }, ...legs]
  return [{ kind: 'REQUEST', request: toRequestRecord(entry) }, ...legs]
}

/** Says whether the gateway ran before the entry at `index`, which is the first start that was read. */
async function wasRunning(side: Side, index: number): Promise<boolean> {
  if (index === 0 || side.timesFrom === null) return false
  let isRunning = false
  for await (const placed of side.entries(Math.max(0, index - LOOK_BACK))) {
    if (placed.index >= index) break
    const { kind } = membersOf(placed.bytes)
    if (kind === 'stop') isRunning = false
    else if (kind !== undefined && !BY_COMMANDS.has(String(kind))) isRunning = true
  }
  return isRunning
}

/** How many entries at the end of a log are read for the time of its end. */
const LAST_ENTRIES = 8

/** Finds the times of the first and the last entries of a log that was not read completely. */
async function endsOf(
  { timesFrom, size }: Side,
  read: { readonly firstMs: number; readonly lastMs: number },
): Promise<{ readonly firstMs: number; readonly lastMs: number }> {
  if (timesFrom === null || size === 0) return read
  const [first = read.firstMs] = await timesFrom(0, LAST_ENTRIES)
  const last = await timesFrom(Math.max(0, size - LAST_ENTRIES), LAST_ENTRIES)
  return { firstMs: Math.min(first, read.firstMs), lastMs: Math.max(...last, read.lastMs) }
}

/** What is known of the country's side after it was read. `differences`: what is wrong with the log itself, and not with one leg. */
interface CountrySummary extends Pick<ReadSide, 'firstMs' | 'lastMs' | 'endIndex'> {
  readonly differences: readonly Difference[]
}

/** Reads the country's side. `take` gets each leg whose token was verified; `onEntry` is called for each entry. */
export async function readCountrySide(
  side: Side,
  options: SideReading & {
    /** Returns the salt of a leg by the id of its entry, if the country's store of salts is at hand. */
    readonly saltOf?: ((legId: string) => Promise<Uint8Array | undefined>) | undefined
    readonly take: (leg: CountryLegRecord) => Promise<void>
  },
): Promise<CountrySummary> {
  const details = createDetailsCheck(options.saltOf)
  const read = await readSide(side, options, async (entry, { index, bytes }) => {
    if (entry.kind === 'leg-detail') details.add(entry)
    if (entry.kind !== 'leg') return
    const leaf = Buffer.from(hashLeaf(bytes)).toString('hex')
    const leg = toCountryLeg(entry, { index, leaf, fault: await details.finish(entry) })
    if (leg !== undefined) await options.take(leg)
  })
  const differences = [...read.unreadable, ...read.clock]
  return { ...(await endsOf(side, read)), differences, endIndex: read.endIndex }
}

/** A range of times, in milliseconds since the epoch: from `fromMs` on, before `untilMs`. An absent bound is none. */
export interface TimeRange {
  readonly fromMs?: number | undefined
  readonly untilMs?: number | undefined
}

/** An entry of the part of a log that is read. `entry` is absent if it cannot be read, and `reason` says why. */
type WindowEntry = { readonly index: number; readonly bytes: Uint8Array } & (
  | { readonly entry: Entry; readonly timeMs: number }
  | { readonly entry?: undefined; readonly reason: string }
)

/** How much later than the time in its id a request or a leg may be logged, in milliseconds. */
export const MAX_AGE_MS = 10 * SETTLED_MS

/** How many entries behind the range, one after another, end the reading. A single wrong time does not. */
const BEHIND = 64

/**
 * Reads the entries of a side that may belong to a range, and some around them. It finds the beginning by the times, so it does not read
 * what comes before.
 */
async function* readWindow(side: Side, { fromMs, untilMs }: TimeRange): AsyncGenerator<WindowEntry> {
  const { timesFrom, size } = side
  const isFromStart = fromMs === undefined || timesFrom === null
  const from = isFromStart ? 0 : await findFirstByTime(size, fromMs - MAX_AGE_MS, timesFrom)
  const endMs = untilMs === undefined ? Number.POSITIVE_INFINITY : untilMs + 2 * MAX_AGE_MS
  let behind = 0
  for await (const placed of side.entries(from)) {
    const read = readOne(placed)
    yield read
    if (read.entry === undefined) continue
    behind = read.timeMs > endMs ? behind + 1 : 0
    if (behind >= BEHIND && !side.isExport) return
  }
}

function readOne(placed: { readonly index: number; readonly bytes: Uint8Array }): WindowEntry {
  try {
    const entry = parseEntry(placed.bytes)
    return { ...placed, entry, timeMs: Date.parse(entry.time) }
  } catch (error) {
    return { ...placed, reason: (error as Error).message }
  }
}

/**
 * How much later or earlier than its witnesses a log may say that an entry was written, in milliseconds: both clocks may be wrong, and
 * witnesses count in seconds.
 */
const TOLERANCE_MS = 2 * MAX_SKEW_MS + 1_000

/** Checks the times of entries against the times of witnesses, in the order of the entries. */
type ClockCheck = ReturnType<typeof createClockCheck>

/**
 * Creates the check for one side. When witnesses cosigned a tree of n entries, the first n had been written, and no further one.
 */
function createClockCheck({ name, anchorsNear }: Pick<Side, 'name' | 'anchorsNear'>) {
  let wrong: ReturnType<ClockCheck['firstWrong']>
  let earlier: Anchor | undefined
  return {
    /** Checks one entry. */
    async check(index: number, timeMs: number) {
      if (wrong !== undefined) return
      const anchors = await anchorsNear(index)
      const later = anchors.find(({ size }) => size > index)
      earlier = anchors.findLast(({ size }) => size <= index) ?? earlier
      const isLate = later !== undefined && timeMs > later.timeMs + TOLERANCE_MS
      const isEarly = earlier !== undefined && timeMs < earlier.timeMs - TOLERANCE_MS
      const broken = isLate ? later : earlier
      if (broken === undefined || !(isLate || isEarly)) return
      const witnessed = `witnesses cosigned ${broken.size} entries at ${new Date(broken.timeMs).toISOString()}`
      wrong = { timeMs, what: `${name}: entry ${index} says ${new Date(timeMs).toISOString()}; ${witnessed}` }
    },
    /** Returns the first entry whose time cannot be right; undefined if there is none. */
    firstWrong: (): { readonly timeMs: number; readonly what: string } | undefined => wrong,
  }
}

/** How many legs may have details that came before their own entry. The details of a leg are written together with it. */
const MAX_PENDING = 1_000

/** The details of a leg that has not come yet. It has no hash objects, because their memory is freed late. */
interface Pending {
  readonly texts: string[]
  count: number
  parts: number
  last: string
  isSorted: boolean
}

/**
 * Creates the check. It compares the number of refs always. It compares their hash if the hash has no salt (version 1), or if the salt is known.
 * @param saltOf returns the salt of a leg by the id of its entry, from the country's erasable store
 */
export function createDetailsCheck(saltOf?: (legId: string) => Promise<Uint8Array | undefined>) {
  const pending = new Map<string, Pending>()
  return {
    /** Takes a detail. The details of a leg precede it in the log. */
    add({ of, refs }: EntryOf<'leg-detail'>) {
      const known = pending.get(of) ?? { texts: [], count: 0, parts: 0, last: '', isSorted: true }
      pending.set(of, known)
      const [oldest] = pending.keys()
      if (pending.size > MAX_PENDING && oldest !== undefined) pending.delete(oldest)
      known.parts++
      known.count += refs.length
      known.texts.push(refs.map((ref) => `${ref}\n`).join(''))
      for (const ref of refs) {
        if (ref <= known.last) known.isSorted = false
        known.last = ref
      }
    },
    /** Takes the leg, and returns what does not add up; null if everything does. */
    async finish({ id, v, details, records }: EntryOf<'leg'>): Promise<string | null> {
      const found = pending.get(id)
      pending.delete(id)
      if ((found?.parts ?? 0) !== details) {
        return `expected its ${details} details before it; came ${found?.parts ?? 0}`
      }
      const count = found?.count ?? 0
      if (count !== records.count) return `expected the refs of ${records.count} records; came ${count || 'none'}`
      if (found === undefined || count === 0) return null
      if (!found.isSorted) return 'expected its refs sorted, each once; came another order'
      const salt = (v as number) === 1 ? Buffer.alloc(0) : await saltOf?.(id)
      // Nobody can compare a salted hash without its salt.
      if (salt === undefined) return null
      const isSame = hash('sha256', Buffer.concat([salt, Buffer.from(found.texts.join(''))])) === records.hash
      return isSame ? null : 'expected refs with the hash that the leg has; came others'
    },
  }
}

/** What is known of the begin of an export. Times are in milliseconds since the epoch. */
interface ExportBegin {
  /** From when on the reader compares; undefined for all. */
  readonly fromMs?: number | undefined
  /** The part before its first one ({@link Side.before}). */
  readonly before?: Side['before']
}

/**
 * Creates the check. The continuations of a country are numbered from 1 without gaps, and starts, stops and heartbeats say how many there
 * were (docs/design/audit-log.md, Entries). What came after the last of these is not proven to be complete, so it is treated as the future.
 */
export function createExportCheck(log: string, country: string, begin: ExportBegin) {
  const missing: Difference[] = []
  let first: FirstPart | null = null
  let [last, counted, countedMs, timeMs] = [0, 0, Number.NEGATIVE_INFINITY, 0]
  let [isNumbered, hasUnnumbered, isFromStart] = [false, false, false]
  const expectUpTo = (next: number): void => {
    if (next <= last) return
    if (isNumbered || isFromStart) {
      const what = `expected continuations ${last + 1} to ${next} of ${country}; came none of them`
      missing.push(ofLog('INCOMPLETE', `continuations ${last + 1}-${next}`, log, timeMs, what))
    }
    last = next
  }
  return {
    add(entry: Entry) {
      timeMs = Date.parse(entry.time)
      if (entry.kind === 'continuation' && 'seq' in entry) {
        if (entry.country !== country || entry.seq === null) return
        if (isNumbered) expectUpTo(entry.seq - 1)
        if (entry.seq === 1) isFromStart = true
        first ??= { seq: entry.seq, timeMs }
        isNumbered = true
        last = Math.max(last, entry.seq)
        return
      }
      if (entry.kind === 'request' && entry.v === 1 && entry.legs.length > 0) hasUnnumbered = true
      const counts = countsOf(entry)
      if (counts === undefined) return
      // The first count tells how many came before the export; each later one, how many it must have.
      if (countedMs === Number.NEGATIVE_INFINITY && !isNumbered) {
        last = counts[country] ?? 0
        isFromStart = last === 0
        isNumbered = true
        first = { seq: last + 1, timeMs }
      }
      counted = Math.max(counted, counts[country] ?? 0)
      countedMs = timeMs
      expectUpTo(counted)
    },
    /** Returns what is missing, and whether the export proves that nothing else is. */
    finish() {
      const isProven = !hasUnnumbered && countedMs !== Number.NEGATIVE_INFINITY
      const what = hasUnnumbered
        ? 'its requests are of version 1, in which the legs of a country have no numbers'
        : 'it has no start, stop or heartbeat, which say how many continuations there are'
      const cut = first !== null && isCut(first, country, begin) ? [describeCut(log, country, first)] : []
      return [...missing, ...cut, ...(isProven ? [] : [ofLog('UNPROVEN', 'export', log, timeMs, `${log}: ${what}`)])]
    },
    /** Returns the times between which the export is complete, in milliseconds since the epoch. */
    ends: ({ firstMs, lastMs }: { readonly firstMs: number; readonly lastMs: number }) => ({
      firstMs: isFromStart || isNumbered ? firstMs : Number.NEGATIVE_INFINITY,
      lastMs: countedMs === Number.NEGATIVE_INFINITY ? lastMs : countedMs,
    }),
  }
}

interface FirstPart {
  readonly seq: number
  readonly timeMs: number
}

/**
 * Whether parts before the first one may be in the range that the reader compares. Who shortens an export at its begin could otherwise call everything that is
 * missing older than the log.
 */
function isCut({ seq, timeMs }: FirstPart, country: string, { fromMs, before }: ExportBegin): boolean {
  if (seq === 1) return false
  const isNeighbour = before?.country === country && before.seq === seq - 1
  const sinceMs = isNeighbour ? before.timeMs : timeMs
  return fromMs === undefined || fromMs < sinceMs
}

function describeCut(log: string, country: string, { seq, timeMs }: FirstPart): Difference {
  const what = `${log}: it begins with part ${seq} of ${country}; compare what came later (--from), or give an export with what came before`
  return ofLog('UNPROVEN', 'the begin of the export', log, timeMs, what)
}

function countsOf(entry: Entry): Readonly<Record<string, number>> | undefined {
  if (entry.kind !== 'start' && entry.kind !== 'stop' && entry.kind !== 'heartbeat') return undefined
  return 'counts' in entry ? entry.counts : undefined
}

/** What a comparison reads of a mandate authority's log. Times are in milliseconds since the epoch. */

/** An exchange: a gateway got a country token. */
export interface ExchangeRecord {
  /** The issuer of the authority. */
  readonly authority: string
  /** The `jti` of the country token, and that of the access token. */
  readonly tokenId: string
  readonly grant: string
  readonly country: string
  /** The mandate's hash in hexadecimal digits, as legs name it. */
  readonly mandate: string
  /** The `jti` of the question; null if the access token is bound to no key. */
  readonly question: string | null
  readonly timeMs: number
  readonly expiresMs: number
  /** Why the authority should not have given the token; null if its log shows nothing against it. */
  readonly fault: string | null
}

/** What is known of an authority's log after it was read. */
export interface AuthoritySummary {
  readonly firstMs: number
  readonly lastMs: number
  /** The last exchange: the index behind its entry, and its time; null without one. */
  readonly lastExchange: { readonly endIndex: number; readonly timeMs: number } | null
  /** By the mandate's hash in hexadecimal digits: when it was revoked. */
  readonly revoked: ReadonlyMap<string, number>
  readonly differences: readonly Difference[]
}

/** The longest life of a country token, in milliseconds (docs/design/trust.md, The country token). */
const COUNTRY_TOKEN_MS = 300_000

interface Grant {
  readonly entry: EntryOf<'access-token'>
  readonly expiresMs: number
}

/** Reads an authority's log from its beginning, because mandates are older than what is asked on them. */
export async function readAuthority(
  side: Side,
  authority: string,
  take: (exchange: ExchangeRecord) => Promise<void>,
): Promise<AuthoritySummary> {
  const grants = new Map<string, Grant>()
  const approved = new Set<string>()
  const revoked = new Map<string, number>()
  const differences: Difference[] = []
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let lastExchange: AuthoritySummary['lastExchange'] = null
  for await (const { index, ...read } of readWindow(side, {})) {
    if (read.entry === undefined) {
      differences.push(unreadableAt(side.name, index, read.reason))
      continue
    }
    const { entry, timeMs } = read
    firstMs = Math.min(firstMs, timeMs)
    lastMs = Math.max(lastMs, timeMs)
    if (entry.kind === 'mandate') approved.add(toHex(entry.mandate))
    if (entry.kind === 'mandate-revocation') revoked.set(toHex(entry.mandate), timeMs)
    if (entry.kind === 'access-token') {
      dropEnded(grants, timeMs)
      grants.set(entry.tokenId, { entry, expiresMs: Date.parse(entry.expires) })
    }
    if (entry.kind !== 'country-token') continue
    lastExchange = { endIndex: index + 1, timeMs }
    const fault = findFault(entry, timeMs, { grant: grants.get(entry.grant), approved, revoked })
    await take({
      authority,
      tokenId: entry.tokenId,
      grant: entry.grant,
      country: entry.country,
      question: entry.question,
      mandate: toHex(entry.mandate),
      timeMs,
      expiresMs: Date.parse(entry.expires),
      fault,
    })
  }
  if (firstMs === Number.POSITIVE_INFINITY) {
    differences.push(
      ofLog('UNREADABLE', 'log', side.name, 0, `${side.name}: expected the log of an authority; came none`),
    )
  }
  return { firstMs, lastMs, lastExchange, revoked, differences }
}

function toHex(base64url: string): string {
  return Buffer.from(base64url, 'base64url').toString('hex')
}

/** Forgets access tokens that ended. They are in about the order of their ends. */
function dropEnded(grants: Map<string, Grant>, nowMs: number): void {
  for (const [id, { expiresMs }] of grants) {
    if (expiresMs + 2 * MAX_SKEW_MS >= nowMs) return
    grants.delete(id)
  }
}

interface Known {
  readonly grant: Grant | undefined
  readonly approved: ReadonlySet<string>
  readonly revoked: ReadonlyMap<string, number>
}

function findFault(
  entry: EntryOf<'country-token'>,
  timeMs: number,
  { grant, approved, revoked }: Known,
): string | null {
  const mandate = toHex(entry.mandate)
  if (grant === undefined) return 'its access token is not in the log, or had ended'
  if (grant.expiresMs + MAX_SKEW_MS < timeMs) return 'its access token had ended'
  if (grant.entry.mandate !== entry.mandate) return 'its access token is on another mandate'
  if (grant.entry.officer !== entry.officer) return 'its access token is of another officer'
  if (grant.entry.gateway !== entry.gateway) return 'its access token is for another gateway'
  if (grant.entry.isBound && entry.question === null) return 'no question was shown for it'
  if (!approved.has(mandate)) return 'its mandate is not in the log'
  if (revoked.has(mandate)) return 'its mandate was revoked'
  if (Date.parse(entry.expires) - timeMs > COUNTRY_TOKEN_MS + MAX_SKEW_MS) return 'it lives longer than five minutes'
  return null
}
