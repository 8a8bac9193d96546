/**
 * Compares a gateway's log with a country's: checks whether both say the same about each leg. It reads the range of both logs once, and then
 * compares the legs part by part, so its memory does not grow with the logs.
 */

import type { EntryOf } from '../contract/audit-log/entry.ts'
import { uuidV7Time } from '../contract/uuid-v7.ts'
import type { Journal } from './journal/read-journal.ts'
import { createPartitions, type Partitions } from './partitions.ts'
import { CLASSES, type Difference, type DifferenceClass, ofLog, SETTLED_MS, type Weight } from './reconcile/classes.ts'
import { compareLegs, keyOfCountryLeg, type LegGroup, nameCheckpoint } from './reconcile/compare-legs.ts'
import { createQuestionCheck, createTokenCheck } from './reconcile/compare-questions.ts'
import {
  type AuthoritySummary,
  type CountryLegRecord,
  type GatewayItem,
  type GatewayLegRecord,
  type GatewayRequestRecord,
  type GatewaySummary,
  joinSummaries,
  type LogEnds,
  MAX_AGE_MS,
  readAuthority,
  readCountrySide,
  readGateway,
  type TimeRange,
} from './reconcile/read-logs.ts'
import { checkWitnesses, type Side } from './reconcile/sides.ts'

/** How many records of one part are in memory. A record takes about 2 kB. */
const RECORDS_PER_PART = 20_000

/** A difference that somebody has explained already. */
export interface KnownDifference {
  readonly class: DifferenceClass
  readonly requestId: string | null
  readonly key: string
  /** The explanation, if there is one. */
  readonly why?: string
}

/** What {@link reconcileLogs} compares. The range selects requests by their time. */
interface ReconcileOptions extends TimeRange {
  readonly gateway: Side
  /** The logs of the gateway's other workers. Default: none. */
  readonly furtherGateways?: readonly Side[]
  readonly country: { readonly side: Side; readonly code: string }
  /** The time of the reader's clock, in milliseconds since the epoch. */
  readonly nowMs: number
  /** Returns the salt of a leg by the id of its entry, if the country's store of salts is at hand. */
  readonly saltOf?: ((legId: string) => Promise<Uint8Array | undefined>) | undefined
  /** The logs of officers' authorities, by issuer: each country token that they gave is compared with the legs. Default: none. */
  readonly authorities?: ReadonlyMap<string, Side>
  /** The journals of officers' tools. Default: none. */
  readonly journals?: readonly Journal[]
  /** What the gateway has proved to these tools: by the id of a request, the size of the log that has its entry (`readProofs` in journal/read-journal.ts). */
  readonly provenSizes?: ReadonlyMap<string, number>
  /** The differences that are known already. Default: none. */
  readonly known?: AsyncIterable<KnownDifference> | Iterable<KnownDifference>
  /** Called for each difference, part by part. `known` is the line of the baseline that explains it. */
  readonly onDifference: (difference: Difference, known: KnownDifference | undefined) => Promise<void> | void
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
  /** The answer, without the differences that are known. */
  readonly result: EntryOf<'reconciliation'>['result']
  /** The answer with them. */
  readonly resultWithKnown: EntryOf<'reconciliation'>['result']
}

type Item =
  | { readonly kind: 'GATEWAY'; readonly leg: GatewayLegRecord }
  | { readonly kind: 'COUNTRY'; readonly leg: CountryLegRecord }
  | { readonly kind: 'REQUEST'; readonly request: GatewayRequestRecord }
  | { readonly kind: 'PART'; readonly of: string }
  | { readonly kind: 'KNOWN'; readonly known: KnownDifference }

/** What is the same for all parts. */
type CommonEnds = Omit<LogEnds, 'checkpoints'>

/** Compares the two logs. Rejects if a log cannot be read or is damaged. */
export async function reconcileLogs(options: ReconcileOptions): Promise<Reconciled> {
  const { gateway, country, recordsPerPart = RECORDS_PER_PART } = options
  const { fromMs, untilMs } = options
  const authorities = [...(options.authorities ?? [])]
  const gateways = [gateway, ...(options.furtherGateways ?? [])]
  const total = [...gateways, country.side, ...authorities.map(([, side]) => side)].reduce(
    (sum, { size }) => sum + size,
    0,
  )
  let done = 0
  const onEntry = (): void => options.onProgress?.(done++, total)
  const partitions = await createPartitions<Item>(total, recordsPerPart)
  const trust = await createTrustCheck(options, total, recordsPerPart)
  try {
    for await (const known of options.known ?? []) {
      await partitions.add(known.requestId ?? known.key, { kind: 'KNOWN', known })
    }
    const ofCountry = await readCountrySide(country.side, {
      range: { fromMs, untilMs },
      saltOf: options.saltOf,
      onEntry,
      async take(leg) {
        await trust.addCountryLeg(leg)
        await partitions.add(leg.requestId ?? keyOfCountryLeg(leg), { kind: 'COUNTRY', leg })
      },
    })
    const read: GatewaySummary[] = []
    for (const each of gateways) {
      const summary = await readGateway(each, {
        range: { fromMs, untilMs },
        country: country.code,
        onEntry,
        async take(item) {
          await trust.addGatewayItem(item)
          await partitions.add(keyOfItem(item), item)
        },
      })
      read.push(summary)
    }
    const ofGateway = joinSummaries(read)
    const { name: origin, shards } = country.side
    const sides = [
      ...read.map(({ endIndex, ends: { lastMs } }, at) => ({ side: gateways[at] as Side, endIndex, lastMs })),
      { side: country.side, endIndex: ofCountry.endIndex, lastMs: ofCountry.lastMs },
    ]
    const ends: CommonEnds = {
      gateway: ofGateway.ends,
      country: { origin, shards, firstMs: ofCountry.firstMs },
      interruptions: ofGateway.interruptions,
      presentMs: presentOf(sides, options.nowMs),
      nowMs: options.nowMs,
    }
    const ofLogs = [...ofCountry.differences, ...ofGateway.differences, ...sides.flatMap(checkWitnesses)]
    const ofTrust = trust.finish(ofGateway.ends, onEntry)
    return await compareParts(partitions, ends, { ofLogs, ofTrust }, options)
  } finally {
    await trust.close()
    await partitions.close()
  }
}

function keyOfItem(item: Exclude<Item, { kind: 'COUNTRY' | 'KNOWN' }>): string {
  if (item.kind === 'GATEWAY') return item.leg.requestId
  return item.kind === 'REQUEST' ? item.request.id : item.of
}

/** Returns the latest time that anything shows. What was logged shortly before it may be missing in one of the copies. */
function presentOf(sides: readonly { readonly side: Side; readonly lastMs: number }[], nowMs: number): number {
  const times = sides.flatMap(({ side, lastMs }) => [
    lastMs,
    side.witnessed.timeMs ?? lastMs,
    ...(side.isLive ? [nowMs] : []),
  ])
  return Math.max(...times)
}

async function compareParts(
  partitions: Partitions<Item>,
  ends: CommonEnds,
  { ofLogs, ofTrust }: { readonly ofLogs: readonly Difference[]; readonly ofTrust: AsyncGenerator<Difference> },
  options: ReconcileOptions,
): Promise<Reconciled> {
  const counts = Object.fromEntries(Object.keys(CLASSES).map((name) => [name, { all: 0, known: 0 }])) as Record<
    DifferenceClass,
    { all: number; known: number }
  >
  const count = async (differences: readonly Difference[], known: ReadonlyMap<string, KnownDifference>) => {
    for (const difference of differences) {
      const explained = known.get(nameOf(difference))
      counts[difference.class].all++
      if (explained !== undefined) counts[difference.class].known++
      await options.onDifference(difference, explained)
    }
  }
  const knownOfLogs = new Map<string, KnownDifference>()
  let [matched, legs] = [0, 0]
  for await (const items of partitions.parts()) {
    const group = selectGroup(items, options)
    const compared = compareLegs(group, { ...ends, checkpoints: await readCheckpoints(group, options.country.side) })
    matched += compared.matched
    legs += group.gateway.length + group.country.length
    const known = new Map(items.flatMap((item) => (item.kind === 'KNOWN' ? [[nameOf(item.known), item.known]] : [])))
    for (const [name, each] of known) if (each.requestId === null) knownOfLogs.set(name, each)
    const incomplete = options.gateway.isExport ? [] : listIncomplete(items, options)
    await count([...compared.differences, ...incomplete], known)
  }
  await count(ofLogs, knownOfLogs)
  for await (const difference of ofTrust) await count([difference], knownOfLogs)
  // A range without legs is most often a wrong date. Nothing was compared, so nothing holds.
  const isRangeEmpty = legs === 0 && (options.fromMs !== undefined || options.untilMs !== undefined)
  if (isRangeEmpty) return { matched, counts, isRangeEmpty, result: 'UNKNOWN', resultWithKnown: 'UNKNOWN' }
  return {
    matched,
    counts,
    isRangeEmpty,
    result: resultOf(counts, false),
    resultWithKnown: resultOf(counts, true),
  }
}

/** Reads the country's checkpoints of the sizes in the receipts of a group, in the order of the tree, which reads each tile once. */
async function readCheckpoints(
  { gateway }: LegGroup,
  { checkpointAt, shards }: Side,
): Promise<ReadonlyMap<string, string>> {
  const checkpoints = new Map<string, string>()
  if (checkpointAt === null) return checkpoints
  const receipts = gateway.flatMap(({ receipt }) =>
    receipt === null || receipt.size > (shards.get(receipt.origin)?.size ?? 0) ? [] : [receipt],
  )
  for (const receipt of receipts.sort((one, other) => one.size - other.size)) {
    const name = nameCheckpoint(receipt)
    if (!checkpoints.has(name)) checkpoints.set(name, await checkpointAt(receipt.origin, receipt.size))
  }
  return checkpoints
}

/** Lists the requests in the range that say that they have more continuations than the log has. */
function listIncomplete(items: readonly Item[], options: ReconcileOptions): readonly Difference[] {
  const parts = new Map<string, number>()
  for (const item of items) if (item.kind === 'PART') parts.set(item.of, (parts.get(item.of) ?? 0) + 1)
  return items.flatMap((item) => {
    if (item.kind !== 'REQUEST') return []
    const { id, timeMs, continuations } = item.request
    const came = parts.get(id) ?? 0
    if (came === continuations || !isInRange(id, timeMs, options)) return []
    const what = `expected ${continuations} continuations of the request; came ${came}`
    return [{ ...ofLog('INCOMPLETE', `continuations of ${id}`, options.gateway.name, timeMs, what), requestId: id }]
  })
}

function nameOf({ class: kind, requestId, key }: KnownDifference): string {
  return `${kind} ${requestId} ${key}`
}

/** Returns the answer that counts of differences give, with or without those that are known. */
export function resultOf(counts: Reconciled['counts'], isWithKnown: boolean): Reconciled['result'] {
  const all = Object.entries(counts) as [DifferenceClass, ClassCount][]
  const named = all.filter(([, { all: count, known }]) => count > (isWithKnown ? 0 : known))
  const weights = new Set<Weight>(named.map(([name]) => CLASSES[name].weight))
  if (weights.has('CONTRADICTS')) return 'DOES_NOT_HOLD'
  return weights.has('OPEN') ? 'UNKNOWN' : 'HOLDS'
}

/**
 * Selects the legs of a part whose request is in the range. Both logs have the id of the request, and its time is in the id (RFC 9562,
 * UUIDv7), so a request at the edge of the range is in it for both logs or for neither.
 */
function selectGroup(items: readonly Item[], range: TimeRange): LegGroup {
  const gateway: GatewayLegRecord[] = []
  const country: CountryLegRecord[] = []
  const requests = new Map<string, GatewayRequestRecord>()
  for (const item of items) {
    if (item.kind === 'GATEWAY' && isInRange(item.leg.requestId, item.leg.timeMs, range)) gateway.push(item.leg)
    if (item.kind === 'COUNTRY' && isInRange(item.leg.requestId, item.leg.timeMs, range)) country.push(item.leg)
    if (item.kind === 'REQUEST') requests.set(item.request.id, item.request)
  }
  return { gateway, country, requests }
}

function isInRange(requestId: string | null, timeMs: number, { fromMs, untilMs }: TimeRange): boolean {
  const time = timeOfRequest(requestId, timeMs)
  return time >= (fromMs ?? Number.NEGATIVE_INFINITY) && time < (untilMs ?? Number.POSITIVE_INFINITY)
}

/** Returns the time in the id of a request. The time in an id that is far from the time of the entry is ignored. */
function timeOfRequest(requestId: string | null, timeMs: number): number {
  const inId = requestId === null ? undefined : uuidV7Time(requestId)
  return inId !== undefined && Math.abs(timeMs - inId) <= MAX_AGE_MS ? inId : timeMs
}

interface TrustOptions extends TimeRange {
  readonly gateway: Pick<Side, 'isExport' | 'size'>
  readonly country: { readonly code: string }
  readonly authorities?: ReadonlyMap<string, Side>
  readonly journals?: readonly Journal[]
  readonly provenSizes?: ReadonlyMap<string, number>
}

/**
 * Creates the check.
 * @param expected how many entries all logs have together
 * @param perPart how many records are in memory
 */
async function createTrustCheck(options: TrustOptions, expected: number, perPart: number) {
  const { gateway, country, authorities = new Map(), journals = [], provenSizes = new Map(), fromMs, untilMs } = options
  const tokens = await createTokenCheck(country.code, authorities.size === 0 ? 0 : expected, perPart)
  const questions = createQuestionCheck(journals)
  const isInRange = (timeMs: number): boolean =>
    timeMs >= (fromMs ?? Number.NEGATIVE_INFINITY) && timeMs < (untilMs ?? Number.POSITIVE_INFINITY)
  const addUse: typeof tokens.addUse = async (use) => {
    if (authorities.has(use.proof.authority) && isInRange(use.untilMs)) await tokens.addUse(use)
  }
  // The legs of a request follow its entry. Legs in an export may lack theirs.
  let last: GatewayRequestRecord | undefined
  return {
    async addGatewayItem(item: GatewayItem) {
      if (item.kind === 'REQUEST') {
        last = item.request
        questions.addRequest(item.request)
      }
      if (item.kind !== 'GATEWAY') return
      const { requestId, timeMs, proof } = item.leg
      questions.addGatewayLeg(item.leg)
      const durationMs = last?.id === requestId ? last.durationMs : SETTLED_MS
      if (proof == null) return
      await addUse({ by: 'GATEWAY', requestId, proof, fromMs: timeMs - durationMs, untilMs: timeMs })
    },
    async addCountryLeg(leg: CountryLegRecord) {
      questions.addCountryLeg(leg)
      const { requestId, timeMs, proof } = leg
      if (proof === undefined) return
      // The country logs a leg at its end.
      await addUse({ by: 'COUNTRY', requestId, proof, fromMs: timeMs - SETTLED_MS, untilMs: timeMs })
    },
    /** Reads the authorities' logs, and yields the differences. To be called after both logs were read. */
    async *finish(ends: LogEnds['gateway'], onEntry: () => void) {
      const summaries = new Map<string, AuthoritySummary>()
      for (const [issuer, side] of authorities) {
        const summary = await readAuthority(side, issuer, async (exchange) => {
          onEntry()
          questions.addExchange(exchange)
          await tokens.addExchange(exchange)
        })
        summaries.set(issuer, summary)
        yield* summary.differences
        // What an authority wrote behind its last exchange, such as its stop, is about no leg. It may have stopped before the witnesses saw it.
        const { lastExchange: last } = summary
        if (last !== null) yield* checkWitnesses({ side, endIndex: last.endIndex, lastMs: last.timeMs })
      }
      yield* tokens.finish(summaries, isInRange)
      const around = { country: country.code, gateway: ends, gatewaySize: gateway.size, isExport: gateway.isExport }
      yield* questions.finish({ ...around, provenSizes, isInRange })
    },
    close: () => tokens.close(),
  }
}
