import { hashLeaf } from '../../audit/merkle/hash.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import { type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'

/** Compares a gateway's log with a country's: checks whether both say the same about each leg. */

type GatewayLeg = EntryOf<'request'>['legs'][number]

/** A leg of the gateway's log, with its request. */
export interface PlacedLeg {
  readonly requestId: string
  readonly leg: GatewayLeg
  /** When the request ended, in milliseconds since the epoch. */
  readonly timeMs: number
}

/** A difference between the two logs. */
export interface Difference {
  readonly kind: 'GATEWAY_ONLY' | 'COUNTRY_ONLY' | 'HASHES_DIFFER' | 'UNRECEIPTED'
  readonly requestId: string | null
  /** For people: what was expected and what came. */
  readonly what: string
}

/** The result of the comparison. */
export interface Reconciled {
  readonly matched: number
  readonly gatewayOnly: number
  readonly countryOnly: number
  readonly hashesDiffer: number
  /** The number of legs that are too recent to be in both checkpoints. */
  readonly pending: number
  readonly differences: readonly Difference[]
  readonly result: EntryOf<'reconciliation'>['result']
}

/**
 * A leg counts as missing from a log only if it is older than the log's last entry by this time, in milliseconds, because a request is
 * logged at its end.
 */
const SETTLED_MS = 60_000

/** The largest number of listed differences. All differences are counted. */
const MAX_LISTED = 100

interface CountryLeg {
  readonly index: number
  readonly leaf: string
  readonly entry: EntryOf<'leg'>
  seen: boolean
}

/**
 * Compares the two logs. A leg with a receipt must be in the country's log at the place that the receipt names, with the same hashes. A
 * leg in the country's log must belong to a request in the gateway's log. Nothing can be decided about a leg without a receipt that
 * the country's log does not have. Rejects if a log cannot be read or is damaged.
 * @param onProgress called with the number of entries read from both logs together.
 */
export async function reconcileLogs(
  gateway: LogReader,
  country: { readonly reader: LogReader; readonly code: string },
  onProgress: (done: number, total: number) => void,
): Promise<Reconciled> {
  const total = gateway.head.checkpoint.size + country.reader.head.checkpoint.size
  const legs = await readCountryLegs(country.reader, (done) => onProgress(done, total))
  const tally = createTally()
  const countrySize = country.reader.head.checkpoint.size
  const requests = new Set<string>()
  const placed: PlacedLeg[] = []
  let lastTime = 0
  for await (const { index, bytes } of gateway.entries()) {
    onProgress(countrySize + index, total)
    const entry = parseEntry(bytes)
    lastTime = Math.max(lastTime, Date.parse(entry.time))
    if (entry.kind !== 'request' && entry.kind !== 'continuation') continue
    const requestId = entry.kind === 'request' ? entry.id : entry.of
    requests.add(requestId)
    for (const leg of entry.legs) {
      // A leg that was never sent has no entry in the country's log.
      if (leg.country === country.code && leg.requestHash !== null) {
        placed.push({ requestId, leg, timeMs: Date.parse(entry.time) })
      }
    }
  }
  for (const each of placed) tally.add(compare(each, legs, { countrySize, lastTime }))
  for (const leg of legs.byIndex.values()) if (!leg.seen) tally.add(judgeUnmatched(leg, requests, lastTime))
  return tally.total()
}

interface CountryLegs {
  readonly byIndex: ReadonlyMap<number, CountryLeg>
  readonly byRequest: ReadonlyMap<string, readonly CountryLeg[]>
}

async function readCountryLegs(reader: LogReader, onProgress: (done: number) => void): Promise<CountryLegs> {
  const byIndex = new Map<number, CountryLeg>()
  const byRequest = new Map<string, CountryLeg[]>()
  for await (const { index, bytes } of reader.entries()) {
    onProgress(index)
    const entry = parseEntry(bytes)
    // What was rejected before its token was verified belongs to no gateway.
    if (entry.kind !== 'leg' || entry.requestHash === null) continue
    const leg = { index, leaf: Buffer.from(hashLeaf(bytes)).toString('hex'), entry, seen: false }
    byIndex.set(index, leg)
    const key = keyOf(entry.requestId, entry.requestHash)
    byRequest.set(key, [...(byRequest.get(key) ?? []), leg])
  }
  return { byIndex, byRequest }
}

function keyOf(requestId: string | null, requestHash: string): string {
  return `${requestId} ${requestHash}`
}

interface Ends {
  readonly countrySize: number
  /** The time of the gateway's last entry, in milliseconds since the epoch. */
  readonly lastTime: number
}

function compare(
  { requestId, leg, timeMs }: PlacedLeg,
  legs: CountryLegs,
  { countrySize, lastTime }: Ends,
): Comparison {
  const same = legs.byRequest.get(keyOf(requestId, leg.requestHash ?? '')) ?? []
  // The gateway sends a retry with the same bytes, so the country's log has the leg twice and the gateway's log has it once.
  for (const each of same) each.seen = true
  const { receipt } = leg
  if (receipt === null) {
    const found = same.find(({ entry }) => leg.responseHash === null || entry.responseHash === leg.responseHash)
    if (found !== undefined) return MATCHED
    return same.length > 0
      ? {
          kind: 'HASHES_DIFFER',
          requestId,
          what: 'the gateway received another response than the one that the country logged',
        }
      : { kind: 'UNRECEIPTED', requestId, what: `no receipt, and no such leg in the country’s log (${leg.reach})` }
  }
  if (receipt.index >= countrySize) {
    if (lastTime - timeMs < SETTLED_MS) return PENDING
    const came = `${countrySize}: an old copy, or a log that was rolled back`
    return {
      kind: 'GATEWAY_ONLY',
      requestId,
      what: `expected the ${receipt.size} entries that the country signed; came ${came}`,
    }
  }
  const found = legs.byIndex.get(receipt.index)
  if (found === undefined || found.leaf !== receipt.leaf) {
    const came = found === undefined ? 'no leg' : `another entry, leaf ${found.leaf}`
    return { kind: 'GATEWAY_ONLY', requestId, what: `expected leaf ${receipt.leaf} at ${receipt.index}; came ${came}` }
  }
  found.seen = true
  const differing = differingHashes(leg, found.entry)
  if (differing.length === 0) return MATCHED
  return { kind: 'HASHES_DIFFER', requestId, what: `entry ${receipt.index} of the country: ${differing.join(', ')}` }
}

function differingHashes(leg: GatewayLeg, entry: EntryOf<'leg'>): readonly string[] {
  const names = ['operationHash', 'requestHash', 'responseHash'] as const
  const hashes = names.filter((name) => leg[name] !== null && leg[name] !== entry[name])
  const isOther = leg.records !== null && leg.records.hash !== entry.records.hash
  return [...hashes, ...(isOther ? ['records'] : [])]
}

/** Judges a leg of the country's log that matches no leg of the gateway's log. */
function judgeUnmatched({ index, entry }: CountryLeg, requests: ReadonlySet<string>, lastTime: number): Comparison {
  const { requestId, time } = entry
  const hasRequest = requests.has(requestId ?? '')
  if (!hasRequest && lastTime - Date.parse(time) < SETTLED_MS) return PENDING
  const what = hasRequest ? 'the gateway’s request has no such leg' : 'the gateway has no such request'
  return { kind: 'COUNTRY_ONLY', requestId, what: `entry ${index} of the country: ${what}` }
}

/** The result for one leg. */
type Comparison = Difference | { readonly kind: 'MATCHED' | 'PENDING' }

const MATCHED: Comparison = { kind: 'MATCHED' }
const PENDING: Comparison = { kind: 'PENDING' }

function createTally() {
  const counts = { MATCHED: 0, PENDING: 0, GATEWAY_ONLY: 0, COUNTRY_ONLY: 0, HASHES_DIFFER: 0, UNRECEIPTED: 0 }
  const differences: Difference[] = []
  const add = (result: Comparison): void => {
    counts[result.kind]++
    if ('what' in result && differences.length < MAX_LISTED) differences.push(result)
  }
  const total = (): Reconciled => {
    const { MATCHED: matched, PENDING: pending, GATEWAY_ONLY, COUNTRY_ONLY, HASHES_DIFFER, UNRECEIPTED } = counts
    const fails = GATEWAY_ONLY + COUNTRY_ONLY + HASHES_DIFFER > 0
    return {
      ...{ matched, pending, differences, gatewayOnly: GATEWAY_ONLY + UNRECEIPTED },
      ...{ countryOnly: COUNTRY_ONLY, hashesDiffer: HASHES_DIFFER },
      result: fails ? 'DOES_NOT_HOLD' : UNRECEIPTED > 0 ? 'UNKNOWN' : 'HOLDS',
    }
  }
  return { add, total }
}
