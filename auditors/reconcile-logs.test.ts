import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idAt } from '../audit/index/testing.ts'
import { canonicalBytes } from '../audit/log/canonical.ts'
import { hashLeaf } from '../audit/merkle/hash.ts'
import type { Entry, EntryOf } from '../contract/audit-log/entry.ts'
import { SAMPLE_LEG, SAMPLE_REQUEST } from '../contract/audit-log/testing.ts'
import { randomCases } from '../tests/share.ts'
import type { Difference, DifferenceClass } from './reconcile/classes.ts'
import { placeShards, type Side } from './reconcile/sides.ts'
import { type KnownDifference, type Reconciled, reconcileLogs } from './reconcile-logs.ts'

/**
 * Plants differences of known classes into two logs that agree, and compares them. The plan is the oracle: it says how many differences
 * of each class there are. The gateway starts at 0 s and crashes; the time between two requests is longer than what is in flight.
 */

const ORIGIN = 'istmo.example/hn'
const START_MS = Date.parse('2026-11-24T00:00:00.000Z')
const STEP_MS = 600_000
const FIELDS = ['operationHash', 'requestHash', 'responseHash', 'records'] as const
const hex = (text: string) => Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64)
const timeAt = (ms: number) => new Date(ms).toISOString()

const FATES = [
  ...['MATCHED', 'MATCHED_WITHOUT_RECEIPT', 'RETRIED'],
  ...['GATEWAY_ONLY', 'COUNTRY_ONLY', 'FIELDS_DIFFER', 'RECEIPT_MISSING', 'UNANSWERED', 'INTERRUPTED', 'BEFORE_LOG'],
] as const
type Fate = (typeof FATES)[number]

interface Planned {
  readonly fate: Fate
  /** The fields that differ, if the fate is `FIELDS_DIFFER`. */
  readonly fields: readonly (typeof FIELDS)[number][]
}

interface World {
  readonly gateway: readonly Entry[]
  readonly country: readonly Entry[]
}

/** Builds both logs of a plan. Legs before the country's log come first, and legs in flight last. */
function buildWorld(plan: readonly Planned[], inFlight: number): World {
  const gateway: Entry[] = [startAt(START_MS - 1, 0)]
  const country: { readonly entry: Entry; readonly onPlace: (index: number) => void }[] = []
  const legs: (() => void)[] = []
  const early = plan.filter(({ fate }) => fate === 'BEFORE_LOG')
  const rest = plan.filter(({ fate }) => fate !== 'BEFORE_LOG')
  let at = 0
  for (const _ of early) gateway.push(requestAt(++at, [gatewayLegOf(countryLegAt(at), null)]))
  country.push({ entry: nodeStartAt(++at), onPlace: () => undefined })
  for (const planned of rest) {
    at++
    plant(planned, at, gateway, country, legs)
  }
  const lastMs = START_MS + ++at * STEP_MS
  for (let late = 0; late < inFlight; late++) {
    const leg = { ...countryLegAt(at, late), time: timeAt(lastMs - 1_000) }
    country.push({ entry: leg, onPlace: () => undefined })
  }
  gateway.push({ v: 1, kind: 'stop', id: idAt(lastMs, at), time: timeAt(lastMs), gateway: 'istmo.example/gateway' })
  for (const [index, { onPlace }] of country.entries()) onPlace(index)
  for (const finish of legs) finish()
  return { gateway, country: country.map(({ entry }) => entry) }
}

function plant(
  { fate, fields }: Planned,
  at: number,
  gateway: Entry[],
  country: { readonly entry: Entry; readonly onPlace: (index: number) => void }[],
  finishers: (() => void)[],
): void {
  const leg = countryLegAt(at)
  let place = 0
  const log = (entry = leg) => {
    const onPlace = (index: number): void => {
      place = index
    }
    country.push({ entry, onPlace })
  }
  const record = (make: () => EntryOf<'request'>['legs']) => {
    const slot = gateway.push(requestAt(at, [])) - 1
    finishers.push(() => {
      gateway[slot] = requestAt(at, make())
    })
  }
  if (fate === 'INTERRUPTED') {
    log()
    gateway.push(startAt(START_MS + at * STEP_MS + 1_000, at))
    return
  }
  if (fate !== 'GATEWAY_ONLY' && fate !== 'RECEIPT_MISSING' && fate !== 'UNANSWERED') log()
  if (fate === 'RETRIED') country.push({ entry: { ...leg, id: idAt(START_MS, 70_000 + at) }, onPlace: () => undefined })
  // Another request of the gateway, so that no crash explains the country's leg.
  if (fate === 'COUNTRY_ONLY') record(() => [])
  else if (fate === 'GATEWAY_ONLY') record(() => [gatewayLegOf(leg, 0)])
  else if (fate === 'FIELDS_DIFFER') record(() => [differing(gatewayLegOf(leg, place), fields)])
  else if (fate === 'UNANSWERED')
    record(() => [{ ...gatewayLegOf(leg, null), reach: 'TIMED_OUT', code: 'LEG_DEADLINE', responseHash: null }])
  else record(() => [gatewayLegOf(leg, fate === 'MATCHED' || fate === 'RETRIED' ? place : null)])
}

function countryLegAt(at: number, more = 0): EntryOf<'leg'> {
  const hashes = { operationHash: hex(`o${at}`), requestHash: hex(`q${at}.${more}`), responseHash: hex(`r${at}`) }
  const id = idAt(START_MS + at * STEP_MS, 10_000 + at * 10 + more)
  const records = { count: 0, hash: hex(`s${at}`) }
  const requestId = more === 0 ? idAt(START_MS + at * STEP_MS, at) : null
  return {
    ...{ ...SAMPLE_LEG, ...hashes, records, id, requestId, details: 0 },
    ...{ time: timeAt(START_MS + at * STEP_MS), node: ORIGIN },
  }
}

function gatewayLegOf(leg: EntryOf<'leg'>, index: number | null): EntryOf<'request'>['legs'][number] {
  const [sample] = SAMPLE_REQUEST.legs
  if (sample === undefined) throw new Error('expected a leg in the sample')
  const leaf = Buffer.from(hashLeaf(canonicalBytes(leg))).toString('hex')
  const receipt =
    index === null ? null : { origin: ORIGIN, index, size: index + 1, checkpoint: hex(`c${index + 1}`), leaf }
  const { domain, operationHash, requestHash, responseHash, records } = leg
  return { ...sample, country: 'HN', domain, operationHash, requestHash, responseHash, records, receipt }
}

function differing(leg: EntryOf<'request'>['legs'][number], fields: Planned['fields']) {
  const other = hex('other')
  return {
    ...leg,
    ...Object.fromEntries(fields.map((name) => [name, name === 'records' ? { count: 2, hash: other } : other])),
  }
}

const requestAt = (at: number, legs: EntryOf<'request'>['legs']): Entry => ({
  ...SAMPLE_REQUEST,
  ...{
    id: idAt(START_MS + at * STEP_MS, at),
    time: timeAt(START_MS + at * STEP_MS),
    denied: [],
    legs,
    continuations: 0,
  },
})
const startAt = (ms: number, at: number): Entry => {
  const base = { v: 1, id: idAt(ms, 80_000 + at), time: timeAt(ms), gateway: 'istmo.example/gateway' } as const
  return { ...base, kind: 'start', version: '1', repairs: [] }
}
const nodeStartAt = (at: number): Entry => ({
  ...{ v: 1, kind: 'node-start', id: idAt(START_MS, 90_000), time: timeAt(START_MS + at * STEP_MS), node: ORIGIN },
  ...{ country: 'HN', domains: ['cases'], access: hex('a'), policySet: hex('p'), repairs: [] },
})

function sideOf(entries: readonly Entry[]): Side {
  const all = entries.map((entry, index) => ({ index, bytes: canonicalBytes(entry) }))
  const size = all.length
  return {
    ...{ name: ORIGIN, size, isExport: false, isLive: false },
    async *entries(from = 0) {
      yield* all.slice(from)
    },
    timesFrom: async (index, count) => entries.slice(index, index + count).map(({ time }) => Date.parse(time)),
    shards: placeShards([[ORIGIN, size]]),
    checkpointAt: async (_, at) => hex(`c${at}`),
    witnessed: { isDemanded: false, size, timeMs: null },
    anchorsNear: async () => [],
  }
}

interface Options {
  readonly perPart?: number
  readonly nowMs?: number
  readonly fromMs?: number
  readonly untilMs?: number
  readonly known?: readonly KnownDifference[]
}

async function reconcile(
  { gateway, country }: World,
  { perPart = 50_000, ...options }: Options = {},
): Promise<{ found: Reconciled; differences: Difference[]; unknown: Difference[] }> {
  const [differences, unknown]: [Difference[], Difference[]] = [[], []]
  const found = await reconcileLogs({
    ...{ gateway: sideOf(gateway), country: { side: sideOf(country), code: 'HN' }, recordsPerPart: perPart, nowMs: 0 },
    ...options,
    onDifference(difference, known) {
      differences.push(difference)
      if (known === undefined) unknown.push(difference)
    },
  })
  return { found, differences, unknown }
}

function countsOf(found: Reconciled): Partial<Record<DifferenceClass, number>> {
  const all = Object.entries(found.counts) as [DifferenceClass, { all: number }][]
  return Object.fromEntries(all.filter(([, count]) => count.all > 0).map(([name, count]) => [name, count.all]))
}

/** The oracle: what the plan says. */
function expectedOf(plan: readonly Planned[], inFlight: number): Partial<Record<DifferenceClass, number>> {
  const counts: Partial<Record<DifferenceClass, number>> = {}
  for (const { fate } of plan) {
    if (fate.startsWith('MATCHED')) continue
    counts[fate as DifferenceClass] = (counts[fate as DifferenceClass] ?? 0) + 1
  }
  return { ...counts, ...(inFlight > 0 && { IN_FLIGHT: inFlight }) }
}

const planned: fc.Arbitrary<Planned> = fc.record({
  fate: fc.constantFrom(...FATES),
  fields: fc.subarray([...FIELDS], { minLength: 1 }),
})
const worlds = fc.record({
  plan: fc.array(planned, { maxLength: 25 }),
  inFlight: fc.nat(3),
  perPart: fc.constantFrom(3, 10, 50_000),
})
const isAgreement = ({ fate }: Planned) => fate.startsWith('MATCHED') || fate === 'RETRIED'

describe('a comparison of two logs', () => {
  it('counts each planted difference in its class, and in no other, however many parts it takes', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ plan, inFlight, perPart }) => {
        const { found, differences } = await reconcile(buildWorld(plan, inFlight), { perPart })
        expect(countsOf(found)).toEqual(expectedOf(plan, inFlight))
        expect(found.matched).toBe(plan.filter(isAgreement).length)
        expect(new Set(differences.map(({ requestId, key }) => `${requestId} ${key}`)).size).toBe(differences.length)
        const fates = new Set(plan.map(({ fate }) => fate))
        const contradicts = ['GATEWAY_ONLY', 'COUNTRY_ONLY', 'FIELDS_DIFFER'].some((fate) => fates.has(fate as Fate))
        const isOpen = fates.has('RECEIPT_MISSING') || fates.has('INTERRUPTED') || fates.has('RETRIED')
        expect(found.result).toBe(contradicts ? 'DOES_NOT_HOLD' : isOpen ? 'UNKNOWN' : 'HOLDS')
      }),
      { numRuns: randomCases(150) },
    )
  })

  it('names exactly the fields that differ', async () => {
    await fc.assert(
      fc.asyncProperty(planned, async ({ fields }) => {
        const { differences } = await reconcile(buildWorld([{ fate: 'FIELDS_DIFFER', fields }], 0))
        expect(differences.map((each) => [...each.fields].sort())).toEqual([[...fields].sort()])
      }),
    )
  })

  it('finds nothing new under a baseline of itself, and only what was added after it', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, fc.nat(25), async ({ plan, perPart }, cut) => {
        const before = plan.filter(({ fate }) => fate !== 'BEFORE_LOG')
        const first = await reconcile(buildWorld(before.slice(0, cut), 0), { perPart })
        const again = await reconcile(buildWorld(before.slice(0, cut), 0), { perPart, known: first.differences })
        expect(again.unknown).toEqual([])
        expect(again.found.result).toBe('HOLDS')
        const later = await reconcile(buildWorld(before, 0), { perPart, known: first.differences })
        expect(later.unknown).toHaveLength(before.slice(cut).filter(({ fate }) => !fate.startsWith('MATCHED')).length)
      }),
      { numRuns: randomCases(60) },
    )
  })

  it('puts each difference into exactly one of the ranges that follow one another', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, fc.nat(26 * STEP_MS), async ({ plan, inFlight, perPart }, cutMs) => {
        const world = buildWorld(plan, inFlight)
        const all = await reconcile(world, { perPart })
        const early = await reconcile(world, { perPart, untilMs: START_MS + cutMs })
        const late = await reconcile(world, { perPart, fromMs: START_MS + cutMs })
        const keys = (differences: readonly Difference[]) =>
          differences.map(({ key, requestId }) => `${key} ${requestId}`)
        expect(keys([...early.differences, ...late.differences]).sort()).toEqual(keys(all.differences).sort())
        expect(early.found.matched + late.found.matched).toBe(all.found.matched)
      }),
      { numRuns: randomCases(60) },
    )
  })

  it('says that the gateway’s log is an old copy, if the country’s goes on for longer', async () => {
    const { gateway, country } = buildWorld([{ fate: 'MATCHED', fields: [] }], 0)
    const { found } = await reconcile({ gateway, country: [...country, countryLegAt(50)] })
    expect(countsOf(found)).toEqual({ AFTER_END: 1 })
    expect(found.result).toBe('UNKNOWN')
  })

  it('leaves open what the newest minute of old copies cannot explain, because the gateway’s log may have been rolled back', async () => {
    const plan = Array.from({ length: 4 }, () => ({ fate: 'MATCHED', fields: [] }) as const)
    const world = buildWorld(plan, 2)
    const lastMs = Math.max(...[...world.gateway, ...world.country].map(({ time }) => Date.parse(time)))
    const fresh = await reconcile(world, { nowMs: lastMs })
    expect([countsOf(fresh.found), fresh.found.result]).toEqual([{ IN_FLIGHT: 2 }, 'HOLDS'])
    const late = await reconcile(world, { nowMs: lastMs + 600_000 })
    expect([countsOf(late.found), late.found.result]).toEqual([{ OVERDUE: 2 }, 'UNKNOWN'])
  })

  it('does not take one country’s receipt for two requests', async () => {
    const { gateway, country } = buildWorld([{ fate: 'MATCHED', fields: [] }], 0)
    const copied = gateway.map((entry) =>
      entry.kind === 'request' ? { ...entry, id: idAt(START_MS + STEP_MS, 77) } : entry,
    )
    const { found } = await reconcile({
      gateway: [...gateway, ...copied.filter(({ kind }) => kind === 'request')],
      country,
    })
    expect(countsOf(found)).toEqual({ GATEWAY_ONLY: 1 })
  })
})
