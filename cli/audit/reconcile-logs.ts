import { hashLeaf } from '../../audit/merkle/hash.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import type { UnreadableEntry } from '../../audit/reader/read-parsed.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { uuidV7Time } from '../../contract/uuid-v7.ts'
import {
  CLASSES,
  type CountryLegRecord,
  compareLegs,
  type Difference,
  type DifferenceClass,
  type GatewayLegRecord,
  keyOfCountryLeg,
  type LegGroup,
  type LogEnds,
  SETTLED_MS,
  type Weight,
} from './compare-legs.ts'
import { createPartitions, type Partitions } from './partitions.ts'
import { readableEntries } from './readable-entries.ts'

/**
 * Compares a gateway's log with a country's: checks whether both say the same about each leg. It reads both logs once, and then compares
 * the legs part by part, so its memory does not grow with the logs.
 */

/** How many records of one part are in memory. A record takes about 1 kB. */
const RECORDS_PER_PART = 50_000

/** A difference that somebody has explained already (baseline.ts). */
export interface KnownDifference {
  readonly class: DifferenceClass
  readonly requestId: string | null
  readonly key: string
  /** The explanation, if there is one. */
  readonly why?: string
}

/** What {@link reconcileLogs} compares. */
export interface ReconcileOptions {
  readonly gateway: Pick<LogReader, 'head' | 'entries'>
  readonly country: { readonly reader: Pick<LogReader, 'head' | 'entries' | 'log'>; readonly code: string }
  /** Only requests from this time on, in milliseconds since the epoch. Default: from the beginning. */
  readonly fromMs?: number
  /** Only requests before this time, in milliseconds since the epoch. Default: to the end. */
  readonly untilMs?: number
  /** The differences that are known already. Default: none. */
  readonly known?: AsyncIterable<KnownDifference> | Iterable<KnownDifference>
  /** Called for each difference, part by part. `known` is the line of the baseline that explains it. */
  readonly onDifference: (difference: Difference, known: KnownDifference | undefined) => Promise<void> | void
  /** Called for each entry that cannot be read. It is not compared, so the result cannot be that both logs say the same. */
  readonly onUnreadable?: (log: 'gateway' | 'country', entry: UnreadableEntry) => void
  /** Called with the number of entries read from both logs together. */
  readonly onProgress?: (done: number, total: number) => void
  /** How many records of one part are in memory. */
  readonly recordsPerPart?: number
}

/** How many differences a class has, and how many of them are known. */
export interface ClassCount {
  readonly all: number
  readonly known: number
}

/** The result of the comparison. */
export interface Reconciled {
  readonly matched: number
  readonly counts: Readonly<Record<DifferenceClass, ClassCount>>
  /** Whether `fromMs` or `untilMs` was given, and neither log has a leg in the range. Then the result is `UNKNOWN`. */
  readonly isRangeEmpty: boolean
  /** How many entries of both logs could not be read, and were not compared. */
  readonly unreadable: number
  /** The answer, without the differences that are known. */
  readonly result: EntryOf<'reconciliation'>['result']
  /** The answer with them. */
  readonly resultWithKnown: EntryOf<'reconciliation'>['result']
}

type Item =
  | { readonly kind: 'GATEWAY'; readonly leg: GatewayLegRecord }
  | { readonly kind: 'COUNTRY'; readonly leg: CountryLegRecord }
  | { readonly kind: 'REQUEST'; readonly id: string }
  | { readonly kind: 'KNOWN'; readonly known: KnownDifference }

/** Compares the two logs. Rejects if a log cannot be read or is damaged. */
export async function reconcileLogs(given: ReconcileOptions): Promise<Reconciled> {
  const { gateway, country, recordsPerPart = RECORDS_PER_PART } = given
  let unreadable = 0
  const options: ReconcileOptions = {
    ...given,
    onUnreadable: (log, entry) => {
      unreadable++
      given.onUnreadable?.(log, entry)
    },
  }
  const total = gateway.head.checkpoint.size + country.reader.head.checkpoint.size
  const partitions = await createPartitions<Item>(total, recordsPerPart)
  try {
    const countryFirstMs = await readCountry(options, partitions, total)
    const { crashes, ...ends } = await readGateway(options, partitions, total)
    for await (const known of options.known ?? []) {
      await partitions.add(known.requestId ?? known.key, { kind: 'KNOWN', known })
    }
    const { size } = country.reader.head.checkpoint
    const logEnds: LogEnds = {
      gateway: ends,
      country: { origin: country.reader.log.name, size, firstMs: countryFirstMs },
      crashes,
    }
    const compared = await compareParts(partitions, logEnds, options)
    return unreadable === 0 ? compared : leaveOpen(compared, unreadable)
  } finally {
    await partitions.close()
  }
}

async function readCountry(
  { country: { reader }, onProgress, onUnreadable }: ReconcileOptions,
  partitions: Partitions<Item>,
  total: number,
): Promise<number> {
  let firstMs = Number.POSITIVE_INFINITY
  for await (const { index, bytes, entry } of readableEntries(reader, {
    add: (each) => onUnreadable?.('country', each),
  })) {
    onProgress?.(index, total)
    firstMs = Math.min(firstMs, Date.parse(entry.time))
    // What was rejected before its token was verified belongs to no gateway. What was rejected for its salt has no hashes.
    if (entry.kind !== 'leg' || entry.requestHash === null || entry.responseHash === null) continue
    if (entry.records.hash === null) continue
    const leaf = Buffer.from(hashLeaf(bytes)).toString('hex')
    const { requestId, domain, operationHash, requestHash, responseHash } = entry
    const fields = { requestId, domain, operationHash, requestHash, responseHash, records: entry.records.hash }
    const leg = { index, leaf, timeMs: Date.parse(entry.time), ...fields }
    await partitions.add(requestId ?? keyOfCountryLeg(leg), { kind: 'COUNTRY', leg })
  }
  return firstMs
}

/** Says that the answer is open, unless it contradicts anyhow: an entry that cannot be read may be a leg of either log. */
function leaveOpen(compared: Reconciled, unreadable: number): Reconciled {
  const open = (result: Reconciled['result']) => (result === 'HOLDS' ? 'UNKNOWN' : result)
  const { result, resultWithKnown } = compared
  return { ...compared, unreadable, result: open(result), resultWithKnown: open(resultWithKnown) }
}

interface GatewayEnds extends Pick<LogEnds, 'crashes'> {
  readonly firstMs: number
  readonly lastMs: number
}

async function readGateway(
  { gateway, country, onProgress, onUnreadable }: ReconcileOptions,
  partitions: Partitions<Item>,
  total: number,
): Promise<GatewayEnds> {
  const crashes: { fromMs: number; toMs: number }[] = []
  let [firstMs, lastMs, isRunning] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, false]
  for await (const { index, entry } of readableEntries(gateway, { add: (each) => onUnreadable?.('gateway', each) })) {
    onProgress?.(total - gateway.head.checkpoint.size + index, total)
    const timeMs = Date.parse(entry.time)
    // A start that does not follow a stop came after a crash. Commands may write entries between a stop and a start.
    if (entry.kind === 'start' && isRunning) crashes.push({ fromMs: lastMs, toMs: timeMs })
    if (entry.kind === 'start') isRunning = true
    if (entry.kind === 'stop') isRunning = false
    firstMs = Math.min(firstMs, timeMs)
    lastMs = Math.max(lastMs, timeMs)
    for (const item of itemsOf(entry, timeMs, country.code)) {
      await partitions.add(item.kind === 'REQUEST' ? item.id : item.leg.requestId, item)
    }
  }
  return { firstMs, lastMs, crashes }
}

function itemsOf(
  entry: Entry,
  timeMs: number,
  country: string,
): readonly Extract<Item, { kind: 'GATEWAY' | 'REQUEST' }>[] {
  if (entry.kind !== 'request' && entry.kind !== 'continuation') return []
  const requestId = entry.kind === 'request' ? entry.id : entry.of
  const legs = entry.legs.flatMap((leg) => {
    // A leg that was never sent has no entry in the country's log.
    if (leg.country !== country || leg.requestHash === null) return []
    const { domain, reach, operationHash, requestHash, responseHash, receipt } = leg
    const fields = { domain, reach, operationHash, requestHash, responseHash, records: leg.records?.hash ?? null }
    return [{ kind: 'GATEWAY' as const, leg: { requestId, timeMs, ...fields, receipt } }]
  })
  return entry.kind === 'request' ? [{ kind: 'REQUEST', id: requestId }, ...legs] : legs
}

async function compareParts(
  partitions: Partitions<Item>,
  ends: LogEnds,
  options: ReconcileOptions,
): Promise<Reconciled> {
  const counts = Object.fromEntries(Object.keys(CLASSES).map((name) => [name, { all: 0, known: 0 }])) as Record<
    DifferenceClass,
    { all: number; known: number }
  >
  let [matched, legs] = [0, 0]
  for await (const items of partitions.parts()) {
    const group = selectGroup(items, options)
    const compared = compareLegs(group, ends)
    matched += compared.matched
    legs += group.gateway.length + group.country.length
    const known = new Map(items.flatMap((item) => (item.kind === 'KNOWN' ? [[nameOf(item.known), item.known]] : [])))
    for (const difference of compared.differences) {
      const explained = known.get(nameOf(difference))
      counts[difference.class].all++
      if (explained !== undefined) counts[difference.class].known++
      await options.onDifference(difference, explained)
    }
  }
  const total = Object.entries(counts) as [DifferenceClass, ClassCount][]
  // A range without legs is most often a wrong date. Nothing was compared, so nothing holds.
  const isRangeEmpty = legs === 0 && (options.fromMs !== undefined || options.untilMs !== undefined)
  if (isRangeEmpty)
    return { matched, counts, isRangeEmpty, unreadable: 0, result: 'UNKNOWN', resultWithKnown: 'UNKNOWN' }
  return {
    ...{ matched, counts, isRangeEmpty, unreadable: 0 },
    result: resultOf(total.filter(([, { all, known }]) => all > known).map(([name]) => name)),
    resultWithKnown: resultOf(total.filter(([, { all }]) => all > 0).map(([name]) => name)),
  }
}

function nameOf({ class: kind, requestId, key }: KnownDifference): string {
  return `${kind} ${requestId} ${key}`
}

function resultOf(classes: readonly DifferenceClass[]): Reconciled['result'] {
  const weights = new Set<Weight>(classes.map((name) => CLASSES[name].weight))
  if (weights.has('CONTRADICTS')) return 'DOES_NOT_HOLD'
  return weights.has('OPEN') ? 'UNKNOWN' : 'HOLDS'
}

/**
 * Selects the legs of a part whose request is in the range. Both logs have the id of the request, and its time is in the id (RFC 9562,
 * UUIDv7), so a request at the edge of the range is in it for both logs or for neither.
 */
function selectGroup(items: readonly Item[], { fromMs = -Infinity, untilMs = Infinity }: ReconcileOptions): LegGroup {
  const isIn = (requestId: string | null, timeMs: number): boolean => {
    const time = timeOfRequest(requestId, timeMs)
    return time >= fromMs && time < untilMs
  }
  return {
    gateway: items.flatMap((item) =>
      item.kind === 'GATEWAY' && isIn(item.leg.requestId, item.leg.timeMs) ? [item.leg] : [],
    ),
    country: items.flatMap((item) =>
      item.kind === 'COUNTRY' && isIn(item.leg.requestId, item.leg.timeMs) ? [item.leg] : [],
    ),
    requests: new Set(items.flatMap((item) => (item.kind === 'REQUEST' ? [item.id] : []))),
  }
}

/** How much later than the time in its id a request or a leg may be logged, in milliseconds. The time in another id is ignored. */
const MAX_AGE_MS = 10 * SETTLED_MS

function timeOfRequest(requestId: string | null, timeMs: number): number {
  const inId = requestId === null ? undefined : uuidV7Time(requestId)
  return inId !== undefined && Math.abs(timeMs - inId) <= MAX_AGE_MS ? inId : timeMs
}
