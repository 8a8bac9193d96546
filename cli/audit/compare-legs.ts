/** Compares the legs of some requests in a gateway's log with those in a country's log. */

/** A leg in the gateway's log, with what the comparison reads of it. */
export interface GatewayLegRecord {
  readonly requestId: string
  /** When the request ended, in milliseconds since the epoch. */
  readonly timeMs: number
  readonly domain: string
  readonly reach: string
  readonly operationHash: string | null
  readonly requestHash: string
  /** Null if the gateway did not read an answer to its end. */
  readonly responseHash: string | null
  /** The hash of the refs of the records; null without a receipt. */
  readonly records: string | null
  readonly receipt: {
    readonly origin: string
    readonly index: number
    readonly size: number
    readonly leaf: string
  } | null
}

/** A leg in the country's log, with what the comparison reads of it. */
export interface CountryLegRecord {
  readonly index: number
  readonly leaf: string
  /** Null if the leg did not name its request. */
  readonly requestId: string | null
  /** When the country logged it, in milliseconds since the epoch. */
  readonly timeMs: number
  readonly domain: string
  readonly operationHash: string | null
  readonly requestHash: string
  readonly responseHash: string
  readonly records: string
}

/** What a class of difference means for the answer: it contradicts, it leaves the answer open, or it is expected. */
export type Weight = 'CONTRADICTS' | 'OPEN' | 'EXPECTED'

/** The classes of differences, each with its weight and its meaning. */
export const CLASSES = {
  GATEWAY_ONLY: {
    weight: 'CONTRADICTS',
    meaning: 'the country signed a receipt for an entry that its log does not have',
  },
  COUNTRY_ONLY: { weight: 'CONTRADICTS', meaning: 'the country logged a leg that the gateway’s log does not have' },
  FIELDS_DIFFER: { weight: 'CONTRADICTS', meaning: 'both logs have the leg, and they differ' },
  RECEIPT_MISSING: {
    weight: 'OPEN',
    meaning: 'the gateway logged an answer without a receipt, and the country’s log does not have the leg',
  },
  INTERRUPTED: {
    weight: 'OPEN',
    meaning: 'the country logged a leg around a crash of the gateway, so the gateway may not have logged the request',
  },
  AFTER_END: {
    weight: 'OPEN',
    meaning: 'the country logged a leg after the end of the gateway’s log: an old copy of it',
  },
  UNANSWERED: {
    weight: 'EXPECTED',
    meaning: 'the gateway got no answer, and the country’s log does not have the leg: the leg did not arrive',
  },
  BEFORE_LOG: { weight: 'EXPECTED', meaning: 'the leg is older than the other log' },
  IN_FLIGHT: { weight: 'EXPECTED', meaning: 'the leg is too recent to be in both copies of the logs' },
} as const satisfies Readonly<Record<string, { readonly weight: Weight; readonly meaning: string }>>

/** The name of a class of difference. */
export type DifferenceClass = keyof typeof CLASSES

/** A difference between the two logs. */
export interface Difference {
  readonly class: DifferenceClass
  readonly requestId: string | null
  /** Milliseconds since the epoch. */
  readonly timeMs: number
  /** Which fields differ; empty unless the class is `FIELDS_DIFFER`. */
  readonly fields: readonly string[]
  /** The same for the same difference in a later comparison of the same logs. */
  readonly key: string
  /** For people: what was expected and what came. */
  readonly what: string
}

/** Where both logs begin and end, and when the gateway crashed. Times are in milliseconds since the epoch. */
export interface LogEnds {
  readonly gateway: { readonly firstMs: number; readonly lastMs: number }
  readonly country: { readonly origin: string; readonly size: number; readonly firstMs: number }
  /** From the last entry before each crash to the start after it. */
  readonly crashes: readonly { readonly fromMs: number; readonly toMs: number }[]
}

/**
 * A request is logged at its end, so the country's log has its legs before the gateway's log does, by at most this time, in
 * milliseconds. Legs that are nearer to the end of the gateway's log are in flight.
 */
export const SETTLED_MS = 60_000

/** By how much the clocks of a gateway and a country may differ, in milliseconds. */
const MAX_SKEW_MS = 5_000

/** The legs of some requests. All legs of one request, of both logs, are in the same group. */
export interface LegGroup {
  readonly gateway: readonly GatewayLegRecord[]
  readonly country: readonly CountryLegRecord[]
  /** The ids of the requests in the gateway's log, also of those without a leg to the country. */
  readonly requests: ReadonlySet<string>
}

/**
 * Compares the legs of a group. A leg with a receipt must be in the country's log at the place that the receipt names, with the same
 * fields. A leg in the country's log must belong to a request in the gateway's log.
 * @returns the number of legs that agree, and the differences in the order of their times
 */
export function compareLegs(
  { gateway, country, requests }: LegGroup,
  ends: LogEnds,
): { readonly matched: number; readonly differences: readonly Difference[] } {
  const byRequest = Map.groupBy(country, ({ requestId, requestHash }) => keyOf(requestId, requestHash))
  const byIndex = new Map(country.map((leg) => [leg.index, leg]))
  const seen = new Set<number>()
  const differences: Difference[] = []
  let matched = 0
  for (const leg of gateway) {
    // The gateway sends a retry with the same bytes, so the country's log may have the leg twice and the gateway's log has it once.
    const same = byRequest.get(keyOf(leg.requestId, leg.requestHash)) ?? []
    const placed = leg.receipt === null ? undefined : byIndex.get(leg.receipt.index)
    const atReceipt = placed?.requestId === leg.requestId ? placed : undefined
    for (const { index } of same) seen.add(index)
    if (atReceipt?.leaf === leg.receipt?.leaf && atReceipt !== undefined) seen.add(atReceipt.index)
    const difference = leg.receipt === null ? judgeByHashes(leg, same, ends) : judgeByReceipt(leg, atReceipt, ends)
    if (difference === null) matched++
    else differences.push(difference)
  }
  for (const leg of country) if (!seen.has(leg.index)) differences.push(judgeUnmatched(leg, requests, ends))
  return { matched, differences: differences.sort((one, other) => one.timeMs - other.timeMs) }
}

function keyOf(requestId: string | null, requestHash: string): string {
  return `${requestId} ${requestHash}`
}

function judgeByReceipt(leg: GatewayLegRecord, found: CountryLegRecord | undefined, ends: LogEnds): Difference | null {
  const { receipt } = leg
  if (receipt === null) return null
  const { origin, size, firstMs } = ends.country
  if (receipt.origin !== origin && leg.timeMs < firstMs) {
    return differenceAt('BEFORE_LOG', leg, `its receipt is of ${receipt.origin}, an earlier log of the country`)
  }
  if (receipt.origin !== origin) {
    return differenceAt('GATEWAY_ONLY', leg, `expected a receipt of ${origin}; came one of ${receipt.origin}`)
  }
  if (receipt.index >= size) {
    const came = `${size}: an old copy, or a log that was rolled back`
    const what = `expected the ${receipt.size} entries that the country signed; came ${came}`
    return differenceAt(isRecent(leg.timeMs, ends) ? 'IN_FLIGHT' : 'GATEWAY_ONLY', leg, what)
  }
  if (found === undefined || found.leaf !== receipt.leaf) {
    const came =
      found === undefined ? 'another entry, which does not belong to this request' : `another entry, leaf ${found.leaf}`
    return differenceAt('GATEWAY_ONLY', leg, `expected leaf ${receipt.leaf} at ${receipt.index}; came ${came}`)
  }
  const fields = differingFields(leg, found)
  if (fields.length === 0) return null
  return {
    ...differenceAt('FIELDS_DIFFER', leg, `entry ${receipt.index} of the country: ${fields.join(', ')}`),
    fields,
  }
}

function judgeByHashes(leg: GatewayLegRecord, same: readonly CountryLegRecord[], ends: LogEnds): Difference | null {
  const [first] = same
  if (first !== undefined) {
    const all = same.map((each) => differingFields(leg, each))
    const fields = all.find((each) => each.length === 0) ?? differingFields(leg, first)
    if (fields.length === 0) return null
    return {
      ...differenceAt('FIELDS_DIFFER', leg, `entry ${first.index} of the country: ${fields.join(', ')}`),
      fields,
    }
  }
  if (leg.timeMs < ends.country.firstMs) {
    return differenceAt('BEFORE_LOG', leg, `no receipt, and the country’s log begins later (${leg.reach})`)
  }
  if (leg.responseHash === null) {
    return differenceAt('UNANSWERED', leg, `no answer came, and the country has no such leg (${leg.reach})`)
  }
  const isRecentLeg = isRecent(leg.timeMs, ends)
  const what = `no receipt, and no such leg in the country’s log (${leg.reach})`
  return differenceAt(isRecentLeg ? 'IN_FLIGHT' : 'RECEIPT_MISSING', leg, what)
}

function isRecent(timeMs: number, { gateway }: LogEnds): boolean {
  return Math.abs(gateway.lastMs - timeMs) < SETTLED_MS
}

/** Lists the fields that both logs know and that differ. A field that the gateway does not know cannot differ. */
function differingFields(leg: GatewayLegRecord, entry: CountryLegRecord): readonly string[] {
  const names = ['domain', 'operationHash', 'requestHash', 'responseHash', 'records'] as const
  return names.filter((name) => leg[name] !== null && leg[name] !== entry[name])
}

function differenceAt(kind: DifferenceClass, leg: GatewayLegRecord, what: string): Difference {
  const { requestId, timeMs, domain, requestHash } = leg
  return { class: kind, requestId, timeMs, fields: [], key: `gateway ${domain} ${requestHash}`, what }
}

/** Returns what is the same for a leg of the country's log in each comparison. */
export function keyOfCountryLeg({ leaf }: Pick<CountryLegRecord, 'leaf'>): string {
  return `country ${leaf}`
}

/** Judges a leg of the country's log that matches no leg of the gateway's log. */
function judgeUnmatched(leg: CountryLegRecord, requests: ReadonlySet<string>, ends: LogEnds): Difference {
  const hasRequest = leg.requestId !== null && requests.has(leg.requestId)
  const { requestId, timeMs, index } = leg
  const missing = hasRequest ? 'the gateway’s request has no such leg' : 'the gateway has no such request'
  return {
    class: hasRequest ? 'COUNTRY_ONLY' : classByTime(timeMs, ends),
    ...{ requestId, timeMs, fields: [], key: keyOfCountryLeg(leg), what: `entry ${index} of the country: ${missing}` },
  }
}

function classByTime(timeMs: number, ends: LogEnds): DifferenceClass {
  const { firstMs, lastMs } = ends.gateway
  if (timeMs < firstMs - MAX_SKEW_MS) return 'BEFORE_LOG'
  if (timeMs >= lastMs + SETTLED_MS) return 'AFTER_END'
  if (isRecent(timeMs, ends)) return 'IN_FLIGHT'
  const isAtCrash = ends.crashes.some(
    ({ fromMs, toMs }) => timeMs > fromMs - SETTLED_MS && timeMs <= toMs + MAX_SKEW_MS,
  )
  return isAtCrash ? 'INTERRUPTED' : 'COUNTRY_ONLY'
}
