import { hashLeaf } from '../../audit/merkle/hash.ts'
import type { LogReader } from '../../audit/reader/log-reader.ts'
import { type EntryOf, parseEntry } from '../../contract/audit-log/entry.ts'

/** Compares a gateway's log with a country's: whether both tell the same of every leg. */

type GatewayLeg = EntryOf<'request'>['legs'][number]

/** A leg of the gateway's log with the request that it is of. */
export interface PlacedLeg {
  readonly requestId: string
  readonly leg: GatewayLeg
  /** When its request ended. */
  readonly timeMs: number
}

/** What a difference is. */
export interface Difference {
  readonly kind: 'GATEWAY_ONLY' | 'COUNTRY_ONLY' | 'HASHES_DIFFER' | 'UNRECEIPTED'
  readonly requestId: string | null
  /** For people: what was expected and what came. */
  readonly what: string
}

/** What comparing came to. */
export interface Reconciled {
  readonly matched: number
  readonly gatewayOnly: number
  readonly countryOnly: number
  readonly hashesDiffer: number
  /** Legs too young to be in both checkpoints. */
  readonly pending: number
  readonly differences: readonly Difference[]
  readonly result: EntryOf<'reconciliation'>['result']
}

/** How much older than a log's last entry a leg must be to be missed in it, in milliseconds: a request is logged at its end. */
const SETTLED_MS = 60_000

/** How many differences are listed; all are counted. */
const MAX_LISTED = 100

interface CountryLeg {
  readonly index: number
  readonly leaf: string
  readonly entry: EntryOf<'leg'>
  seen: boolean
}

/**
 * Compares them. A leg with a receipt must stand in the country's log where the receipt says, with the same hashes; a leg that the country
 * logged must be of a request that the gateway logged. Of a leg without a receipt that the country has not, nothing can be told.
 * `onProgress` is told of entries read, of both logs. Rejects as reading the logs does.
 */
export async function reconcileLogs(
  gateway: LogReader,
  country: { readonly reader: LogReader; readonly code: string },
  onProgress: (done: number, total: number) => void,
): Promise<Reconciled> {
  const total = gateway.head.checkpoint.size + country.reader.head.checkpoint.size
  const legs = await readCountryLegs(country.reader, (done) => onProgress(done, total))
  const sum = createSum()
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
      // A leg that was never sent left nothing in the country.
      if (leg.country === country.code && leg.requestHash !== null) {
        placed.push({ requestId, leg, timeMs: Date.parse(entry.time) })
      }
    }
  }
  for (const each of placed) sum.add(compare(each, legs, { countrySize, lastTime }))
  for (const leg of legs.byIndex.values()) if (!leg.seen) sum.add(judgeStray(leg, requests, lastTime))
  return sum.total()
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
    // What was refused before a token held is nobody's leg.
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
  /** The time of the gateway's last entry. */
  readonly lastTime: number
}

function compare({ requestId, leg, timeMs }: PlacedLeg, legs: CountryLegs, { countrySize, lastTime }: Ends): Told {
  const same = legs.byRequest.get(keyOf(requestId, leg.requestHash ?? '')) ?? []
  // A retry is sent with the same bytes: the country has it twice, the gateway once.
  for (const each of same) each.seen = true
  const { receipt } = leg
  if (receipt === null) {
    const found = same.find(({ entry }) => leg.responseHash === null || entry.responseHash === leg.responseHash)
    if (found !== undefined) return MATCHED
    return same.length > 0
      ? { kind: 'HASHES_DIFFER', requestId, what: 'the response that came is not the one logged' }
      : { kind: 'UNRECEIPTED', requestId, what: `no receipt, and no such leg in the country’s log (${leg.reach})` }
  }
  if (receipt.index >= countrySize) {
    if (lastTime - timeMs < SETTLED_MS) return PENDING
    const came = `${countrySize}: an old copy, or a log that was rolled back`
    return {
      kind: 'GATEWAY_ONLY',
      requestId,
      what: `expected the ${receipt.size} entries that it signed, came ${came}`,
    }
  }
  const found = legs.byIndex.get(receipt.index)
  if (found === undefined || found.leaf !== receipt.leaf) {
    const came = found === undefined ? 'no leg' : `another entry, leaf ${found.leaf}`
    return { kind: 'GATEWAY_ONLY', requestId, what: `expected leaf ${receipt.leaf} at ${receipt.index}, came ${came}` }
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

/** A leg that the country logged and no leg of the gateway is. */
function judgeStray({ index, entry }: CountryLeg, requests: ReadonlySet<string>, lastTime: number): Told {
  const { requestId, time } = entry
  const isKnown = requests.has(requestId ?? '')
  if (!isKnown && lastTime - Date.parse(time) < SETTLED_MS) return PENDING
  const what = isKnown ? 'the gateway’s request has no such leg' : 'the gateway has no such request'
  return { kind: 'COUNTRY_ONLY', requestId, what: `entry ${index} of the country: ${what}` }
}

/** What is told of one leg. */
type Told = Difference | { readonly kind: 'MATCHED' | 'PENDING' }

const MATCHED: Told = { kind: 'MATCHED' }
const PENDING: Told = { kind: 'PENDING' }

function createSum() {
  const counts = { MATCHED: 0, PENDING: 0, GATEWAY_ONLY: 0, COUNTRY_ONLY: 0, HASHES_DIFFER: 0, UNRECEIPTED: 0 }
  const differences: Difference[] = []
  const add = (told: Told): void => {
    counts[told.kind]++
    if ('what' in told && differences.length < MAX_LISTED) differences.push(told)
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
