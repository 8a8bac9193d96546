import { type Difference, type DifferenceClass, MAX_SKEW_MS, SETTLED_MS } from './classes.ts'
import type { Caller, CountryLegRecord, GatewayLegRecord, GatewayRequestRecord, LogEnds } from './read-logs.ts'
import type { Side } from './sides.ts'

/** Compares the legs of some requests in a gateway's log with those in a country's log. */

/**
 * A gateway writes an entry at least this often, in milliseconds, also if nobody asks (docs/design/audit-log.md, Comparing logs). A log that ends
 * earlier is not that of a gateway that runs.
 */
const HEARTBEAT_MS = 600_000

/** The legs of some requests. All legs of one request, of both logs, are in the same group. */
export interface LegGroup {
  readonly gateway: readonly GatewayLegRecord[]
  readonly country: readonly CountryLegRecord[]
  /** The requests in the gateway's log by id, also those without a leg to the country. */
  readonly requests: ReadonlyMap<string, GatewayRequestRecord>
}

/**
 * Compares the legs of a group, one to one. A leg with a receipt must be in the country's log at the place that the receipt names, with the same
 * fields. A leg in the country's log must belong to a leg of a request in the gateway's log, and to no other leg.
 * @returns the number of legs that agree, and the differences in the order of their times
 */
export function compareLegs(
  { gateway, country, requests }: LegGroup,
  ends: LogEnds,
): { readonly matched: number; readonly differences: readonly Difference[] } {
  const differences: Difference[] = []
  let matched = 0
  const ofCountry = Map.groupBy(country, ({ requestId }) => requestId)
  const ofGateway = Map.groupBy(gateway, ({ requestId }) => requestId)
  for (const requestId of new Set([...ofGateway.keys(), ...ofCountry.keys()])) {
    const legs = { gateway: ofGateway.get(requestId ?? '') ?? [], country: ofCountry.get(requestId) ?? [] }
    const compared = compareRequest(legs, requests.get(requestId ?? ''), ends)
    matched += compared.matched
    differences.push(...compared.differences)
  }
  return { matched, differences: differences.sort((one, other) => one.timeMs - other.timeMs) }
}

interface LegsOfRequest {
  readonly gateway: readonly GatewayLegRecord[]
  readonly country: readonly CountryLegRecord[]
}

function compareRequest(legs: LegsOfRequest, request: GatewayRequestRecord | undefined, ends: LogEnds) {
  const differences: Difference[] = []
  let matched = 0
  const { pairs, left } = pairUp(legs, ends)
  for (const { leg, found, isReused } of pairs) {
    const own = isReused
      ? [differenceAt('RECEIPT_REUSED', leg, `an earlier leg has the receipt of entry ${leg.receipt?.index} already`)]
      : judgePair(leg, found, request, ends)
    if (own.length === 0) matched++
    else differences.push(...own)
  }
  const repeatable = legs.gateway.filter(({ code }) => code !== 'RECEIPT_INVALID')
  for (const extra of left) {
    if (extra.isWithoutDocument && legs.gateway.some((leg) => isSameQuestion(leg, extra))) {
      differences.push(differenceOf('DOCUMENT_BROUGHT', extra, 'the leg came once more'))
      continue
    }
    const at = repeatable.findIndex((leg) => isSameQuestion(leg, extra))
    // The gateway sends a leg at most twice, so a leg in its log explains at most one more in the country's.
    if (at >= 0) repeatable.splice(at, 1)
    differences.push(judgeUnmatched(extra, at >= 0, request, ends))
  }
  for (const leg of legs.country) {
    if (leg.fault !== null) differences.push(differenceOf('RECORDS_DIFFER', leg, leg.fault))
  }
  return { matched, differences }
}

/** The name of a checkpoint: sizes count in a shard. */
export function nameCheckpoint({ origin, size }: { readonly origin: string; readonly size: number }): string {
  return `${size} ${origin}`
}

interface Pair {
  readonly leg: GatewayLegRecord
  readonly found: CountryLegRecord | undefined
  readonly isReused: boolean
}

/** Gives each leg of the gateway at most one of the country, first by the receipts, then by the hash of the request. */
function pairUp(
  { gateway, country }: LegsOfRequest,
  { country: { shards } }: LogEnds,
): {
  readonly pairs: readonly Pair[]
  readonly left: readonly CountryLegRecord[]
} {
  const free = new Set(country)
  const byIndex = new Map(country.map((each) => [each.index, each]))
  const pairs = new Map<GatewayLegRecord, Pair>()
  for (const leg of gateway) {
    const found = leg.receipt === null ? undefined : byIndex.get(placeIn(shards, leg.receipt))
    if (found !== undefined && found.leaf === leg.receipt?.leaf)
      pairs.set(leg, { leg, found, isReused: !free.delete(found) })
  }
  for (const leg of gateway) {
    if (pairs.has(leg)) continue
    const same = [...free].filter(({ requestHash }) => requestHash === leg.requestHash)
    const found = same.find((each) => listDifferingFields(leg, undefined, each).length === 0) ?? same[0]
    if (found !== undefined) free.delete(found)
    pairs.set(leg, { leg, found, isReused: false })
  }
  return { pairs: [...pairs.values()], left: [...free] }
}

function isSameQuestion(leg: GatewayLegRecord, extra: CountryLegRecord): boolean {
  if (leg.requestHash === extra.requestHash) return true
  // A leg that is sent again has another salt, so only its text is the same.
  return leg.domain === extra.domain && leg.operationHash !== null && leg.operationHash === extra.operationHash
}

function judgePair(
  leg: GatewayLegRecord,
  found: CountryLegRecord | undefined,
  request: GatewayRequestRecord | undefined,
  ends: LogEnds,
): readonly Difference[] {
  const atReceipt = leg.receipt === null ? null : judgeReceipt(leg, leg.receipt, found, ends)
  if (atReceipt !== null) return [atReceipt]
  if (found === undefined) return [judgeAbsent(leg, ends)]
  const fields = [...listDifferingFields(leg, request, found), ...differingCheckpoint(leg, ends)]
  if (fields.length > 0) {
    const what = `entry ${found.index} of the country: ${fields.join(', ')}`
    return [{ ...differenceAt('FIELDS_DIFFER', leg, what), fields }]
  }
  const outcome = judgeOutcome(leg, found)
  const times = judgeTimes(leg, request, found)
  return [
    ...(outcome === null ? [] : [differenceAt(outcome.class, leg, `entry ${found.index}: ${outcome.what}`)]),
    ...(times === null ? [] : [differenceAt('TIME_DIFFERS', leg, `entry ${found.index}: ${times}`)]),
    ...(request === undefined ? [differenceAt('INCOMPLETE', leg, 'expected the request of the leg; came none')] : []),
  ]
}

/** The index of a receipt's entry among all entries of the log. A log that does not have the shard has none there. */
function placeIn(
  shards: Side['shards'],
  { origin, index }: { readonly origin: string; readonly index: number },
): number {
  return (shards.get(origin)?.start ?? Number.NaN) + index
}

/** Judges whether the country's log keeps what the receipt says; null if it does. */
function judgeReceipt(
  leg: GatewayLegRecord,
  receipt: NonNullable<GatewayLegRecord['receipt']>,
  found: CountryLegRecord | undefined,
  ends: LogEnds,
): Difference | null {
  const { origin, shards, firstMs } = ends.country
  const shard = shards.get(receipt.origin)
  if (shard === undefined && leg.timeMs < firstMs) {
    return differenceAt('BEFORE_LOG', leg, `its receipt is of ${receipt.origin}, an earlier log of the country`)
  }
  if (shard === undefined) {
    return differenceAt('GATEWAY_ONLY', leg, `expected a receipt of ${origin}; came one of ${receipt.origin}`)
  }
  if (receipt.size > shard.size) {
    const came = `${shard.size}: an old copy, or a log that was rolled back`
    const what = `expected the ${receipt.size} entries that the country signed; came ${came}`
    return differenceAt(recentClass(leg.timeMs, ends) ?? 'GATEWAY_ONLY', leg, what)
  }
  if (found?.leaf === receipt.leaf && found.index === placeIn(shards, receipt)) return null
  const what = `expected leaf ${receipt.leaf} at ${receipt.index}; came another entry, or one that does not belong to this request`
  return differenceAt('GATEWAY_ONLY', leg, what)
}

/** Whether the tree that the receipt was signed for is another one than the country's log has at this size. */
function differingCheckpoint({ receipt }: GatewayLegRecord, { checkpoints }: LogEnds): readonly string[] {
  const known = receipt === null ? undefined : checkpoints.get(nameCheckpoint(receipt))
  return known === undefined || known === receipt?.checkpoint ? [] : ['checkpoint']
}

/** Judges a leg without a receipt that the country's log does not have. */
function judgeAbsent(leg: GatewayLegRecord, ends: LogEnds): Difference {
  const { reach, code, responseHash, timeMs } = leg
  const outcome = code === null ? reach : `${reach}, ${code}`
  if (timeMs < ends.country.firstMs) {
    return differenceAt('BEFORE_LOG', leg, `no receipt, and the country’s log begins later (${outcome})`)
  }
  const what = `no receipt, and no such leg in the country’s log (${outcome})`
  if (reach === 'DENIED') return differenceAt('REFUSED_EARLY', leg, what)
  if (reach === 'TIMED_OUT' || (reach === 'UNAVAILABLE' && code !== 'RECEIPT_INVALID')) {
    return differenceAt(responseHash === null ? 'UNANSWERED' : 'OUTAGE', leg, what)
  }
  return differenceAt(recentClass(timeMs, ends) ?? 'RECEIPT_MISSING', leg, what)
}

/** Returns the class of what need not be in both copies yet; undefined if it must be. Copies stand still, so it must not stay explained for ever. */
function recentClass(timeMs: number, { presentMs, nowMs }: LogEnds): 'IN_FLIGHT' | 'OVERDUE' | undefined {
  if (timeMs + SETTLED_MS <= presentMs) return undefined
  return timeMs + SETTLED_MS > nowMs ? 'IN_FLIGHT' : 'OVERDUE'
}

function differenceAt(kind: DifferenceClass, leg: GatewayLegRecord, what: string): Difference {
  const { requestId, timeMs, domain, requestHash } = leg
  return { class: kind, requestId, timeMs, fields: [], key: `gateway ${domain} ${requestHash}`, what }
}

function differenceOf(kind: DifferenceClass, leg: CountryLegRecord, what: string): Difference {
  const { requestId, timeMs, index } = leg
  const key = keyOfCountryLeg(leg)
  return { class: kind, requestId, timeMs, fields: [], key, what: `entry ${index} of the country: ${what}` }
}

/** Returns what is the same for a leg of the country's log in each comparison. */
export function keyOfCountryLeg({ leaf }: Pick<CountryLegRecord, 'leaf'>): string {
  return `country ${leaf}`
}

/** Judges a leg of the country's log that no leg of the gateway's log is left for. */
function judgeUnmatched(
  leg: CountryLegRecord,
  isRepeated: boolean,
  request: GatewayRequestRecord | undefined,
  ends: LogEnds,
): Difference {
  if (request === undefined) return differenceOf(classByTime(leg.timeMs, ends), leg, 'the gateway has no such request')
  const what = 'the gateway’s request has no further such leg'
  if (isRepeated) return differenceOf('RETRIED', leg, what)
  return differenceOf(request.isAbandoned ? 'ABANDONED' : 'COUNTRY_ONLY', leg, what)
}

function classByTime(timeMs: number, ends: LogEnds): DifferenceClass {
  const { firstMs, lastMs, isStopped } = ends.gateway
  if (timeMs < firstMs - MAX_SKEW_MS) return 'BEFORE_LOG'
  const recent = recentClass(timeMs, ends)
  if (recent !== undefined && timeMs <= lastMs + HEARTBEAT_MS + SETTLED_MS) return recent
  const settledMs = isStopped ? lastMs - MAX_SKEW_MS : lastMs - SETTLED_MS
  if (timeMs > settledMs) return 'AFTER_END'
  // A country may still finish a leg after the gateway that sent it crashed.
  const isInterrupted = ends.interruptions.some(
    ({ fromMs, toMs }) => timeMs > fromMs - SETTLED_MS && timeMs <= toMs + SETTLED_MS,
  )
  return isInterrupted ? 'INTERRUPTED' : 'COUNTRY_ONLY'
}

/** Compares the fields of a leg that both logs know. */

const CALLER_FIELDS = ['country', 'agency', 'role', 'client', 'assurance'] as const satisfies readonly (keyof Caller)[]

/**
 * Lists the fields that both logs know and that differ, by name. A field that one side does not know cannot differ: a gateway without a receipt
 * does not know the records, and a country does not learn the grounds that its rules do not read (docs/design/access.md, The leg).
 * @param request undefined if the gateway's log does not have it
 */
export function listDifferingFields(
  leg: GatewayLegRecord,
  request: GatewayRequestRecord | undefined,
  entry: CountryLegRecord,
): readonly string[] {
  const hashes = (['domain', 'operationHash', 'requestHash', 'responseHash'] as const).filter(
    (name) => leg[name] !== null && leg[name] !== entry[name],
  )
  const { records } = leg
  const areRecordsSame =
    records === null || (records.hash === entry.records.hash && records.count === entry.records.count)
  return [
    ...hashes,
    ...(areRecordsSame ? [] : ['records']),
    ...(isProofSame(leg, entry) ? [] : ['countryToken']),
    ...(request === undefined
      ? []
      : [...differingCaller(leg, request, entry), ...differingGrounds(leg, request, entry)]),
  ]
}

/** A country that did not believe who asks notes no country token, because it does not vouch for one. */
function isProofSame({ proof }: GatewayLegRecord, { proof: other, isUnbelieved }: CountryLegRecord): boolean {
  if (isUnbelieved && other === undefined) return true
  const members = ['authority', 'tokenId', 'tokenHash', 'mandate', 'question'] as const
  return members.every((name) => proof?.[name] === other?.[name])
}

/** Whether the country was told nobody, or believed nobody: then its entry names nobody. */
function isNobody({ proof }: GatewayLegRecord, { isUnbelieved }: CountryLegRecord): boolean {
  return proof === null || isUnbelieved
}

function differingCaller(
  leg: GatewayLegRecord,
  { caller: asking }: GatewayRequestRecord,
  entry: CountryLegRecord,
): readonly string[] {
  const caller = isNobody(leg, entry) ? null : asking
  if (caller === null && entry.caller === null) return []
  if (caller === null || entry.caller === null) return ['actor']
  const { caller: other } = entry
  return [
    ...CALLER_FIELDS.filter((name) => caller[name] !== other[name]),
    ...(areScopesSame(leg, entry) ? [] : ['scopes']),
  ]
}

/** A country that verifies the caller for itself gives no more scopes than the gateway wrote, and perhaps fewer. */
function areScopesSame({ scopes }: GatewayLegRecord, { scopes: given, proof }: CountryLegRecord): boolean {
  if (proof === undefined) return scopes.join(' ') === given.join(' ')
  return given.every((scope) => scopes.includes(scope))
}

function differingGrounds(
  leg: GatewayLegRecord,
  { grounds }: GatewayRequestRecord,
  entry: CountryLegRecord,
): readonly string[] {
  const { grounds: other } = entry
  if (isNobody(leg, entry)) return other === null ? [] : ['grounds']
  // The country learns nothing of a caller without a mandate, or without grounds.
  if (other === null)
    return grounds !== null && grounds.taskForce !== null && grounds.purpose !== null ? ['grounds'] : []
  if (grounds === null) return ['grounds']
  const isBasisSame = other.legalBasis.length === 0 || other.legalBasis.join('\n') === grounds.legalBasis.join('\n')
  return [
    ...(grounds.taskForce === other.taskForce ? [] : ['taskForce']),
    ...(grounds.purpose === other.purpose ? [] : ['purpose']),
    ...(isBasisSame ? [] : ['legalBasis']),
    ...(other.hasCase && !grounds.hasCase ? ['case'] : []),
  ]
}

/** Says how the outcome of a leg in the gateway's log fits to what the country logged; null if it fits. */
export function judgeOutcome(
  leg: GatewayLegRecord,
  entry: CountryLegRecord,
): { readonly class: 'OUTCOME_DIFFERS' | 'ANSWER_LOST' | 'ANSWER_UNUSED'; readonly what: string } | null {
  const { reach, code, records, responseHash } = leg
  const outcome = code === null ? reach : `${reach}, ${code}`
  if (reach === 'ANSWERED' && entry.isRejected) {
    return { class: 'OUTCOME_DIFFERS', what: `the country rejected the leg; the gateway says ${outcome}` }
  }
  const hasGiven = !entry.isRejected && entry.records.count > 0
  // The worst part of an answer names the outcome, so an answer with records may have another outcome if the gateway counts the records.
  if (!hasGiven || reach === 'ANSWERED' || (records !== null && records.count > 0)) return null
  const what = `the country gave ${entry.records.count} records; the gateway says ${outcome}`
  // A gateway that read an answer with records, and says that the country denied the leg, tells another story.
  if (responseHash !== null && reach !== 'DENIED') return { class: 'ANSWER_UNUSED', what }
  return { class: reach === 'TIMED_OUT' || reach === 'UNAVAILABLE' ? 'ANSWER_LOST' : 'OUTCOME_DIFFERS', what }
}

/**
 * Says how the times of a leg differ; null if they fit. The country logs a leg while the request is in progress. If the gateway did not wait for the
 * answer, the country may log it later.
 */
export function judgeTimes(
  leg: GatewayLegRecord,
  request: GatewayRequestRecord | undefined,
  entry: CountryLegRecord,
): string | null {
  if (request === undefined) return null
  const latestMs = request.timeMs + MAX_SKEW_MS + (leg.responseHash === null ? SETTLED_MS : 0)
  const earliestMs = request.timeMs - request.durationMs - MAX_SKEW_MS
  if (entry.timeMs >= earliestMs && entry.timeMs <= latestMs) return null
  const [end, came] = [request.timeMs, entry.timeMs].map((ms) => new Date(ms).toISOString())
  return `the request ended at ${end} after ${request.durationMs} ms; the country logged the leg at ${came}`
}
