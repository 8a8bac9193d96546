import { MAX_SKEW_MS, SETTLED_MS } from './classes.ts'
import type { Caller, CountryLegRecord, GatewayLegRecord, GatewayRequestRecord } from './records.ts'

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
