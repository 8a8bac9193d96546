import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idAt, refOf } from '../../audit/index/testing.ts'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import { hashLeaf } from '../../audit/merkle/hash.ts'
import type { WitnessedPart } from '../../audit/reader/log-reader.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_LEG, SAMPLE_REQUEST } from '../../contract/audit-log/testing.ts'
import { reconcileLogs } from '../reconcile-logs.ts'
import type { DifferenceClass } from './classes.ts'
import { GATEWAY, hex, iso, NODE, neverContradicts, START_MS, sideOf } from './testing.ts'

/**
 * A plain model of a gateway and a country that are honest, and of what may happen to honest systems. Whatever happens, the comparison must
 * not say that the logs contradict each other. Then somebody lies once: the comparison must not say that the logs hold.
 */

type GatewayLeg = EntryOf<'request'>['legs'][number]
type Request = EntryOf<'request'>

/** What may happen to a leg of honest systems. */
const LEG_FATES = [
  ...['ANSWERED', 'ANSWERED', 'ANSWERED', 'NO_RECEIPT', 'NOT_ARRIVED', 'LOST', 'LATE', 'REFUSED', 'REFUSED_EARLY'],
  ...['REFUSED_WITHOUT_RECEIPT', 'BAD_ANSWER', 'SENT_TWICE', 'DOCUMENT_BROUGHT'],
] as const
/** What may happen to a request of honest systems. */
const REQUEST_FATES = ['LOGGED', 'LOGGED', 'LOGGED', 'LOGGED', 'CRASH', 'HANGUP', 'UNWRITABLE'] as const

interface PlannedRequest {
  readonly waitMs: number
  readonly fate: (typeof REQUEST_FATES)[number]
  readonly legs: readonly { readonly fate: (typeof LEG_FATES)[number]; readonly records: number }[]
}

interface Plan {
  readonly requests: readonly PlannedRequest[]
  /** How much the country's clock is ahead. */
  readonly skewMs: number
  /** Whether the last request is still in progress when the copies are made. */
  readonly isInFlight: boolean
}

interface History {
  readonly gateway: Entry[]
  readonly country: Entry[]
}

function play({ requests, skewMs, isInFlight }: Plan): History {
  const gateway: Entry[] = [startAt(START_MS, 0)]
  const country: Entry[] = [nodeStart(START_MS + skewMs)]
  let nowMs = START_MS + 1_000
  for (const [at, { waitMs, fate, legs }] of requests.entries()) {
    nowMs += waitMs
    const id = idAt(nowMs, at)
    const open = isInFlight && at === requests.length - 1
    const logged = legs.map((leg, part) => playLeg(`${at}.${part}`, id, nowMs + 100, skewMs, leg, country))
    nowMs += 1_000
    if (open) break
    const isHangup = fate === 'HANGUP'
    if (fate === 'CRASH') gateway.push(startAt(nowMs + 3_000, at + 1))
    else if (fate === 'UNWRITABLE') gateway.push(unwritable(nowMs, at))
    else gateway.push(requestAt(id, nowMs, isHangup ? [] : logged, { isHangup }))
    nowMs += 3_500
  }
  if (!isInFlight) gateway.push({ v: 1, kind: 'stop', id: idAt(nowMs, 9_999), time: iso(nowMs), gateway: GATEWAY })
  return { gateway, country }
}

/** Writes what the country logs of a leg, and returns what the gateway logs of it. */
function playLeg(
  name: string,
  requestId: string,
  sentMs: number,
  skewMs: number,
  { fate, records }: PlannedRequest['legs'][number],
  country: Entry[],
): GatewayLeg {
  const [sample] = SAMPLE_REQUEST.legs
  if (sample === undefined) throw new TypeError('expected a leg in the sample')
  const hashes = { operationHash: hex(`query ${name}`), requestHash: hex(`q${name}`) }
  const sent = {
    ...sample,
    ...hashes,
    reach: 'ANSWERED',
    code: null,
    responseHash: null,
    records: null,
    receipt: null,
  } as const
  if (fate === 'NOT_ARRIVED') return { ...sent, reach: 'UNAVAILABLE', code: 'CONNECTION' }
  if (fate === 'REFUSED_EARLY') return { ...sent, reach: 'DENIED', code: 'REFUSED_BY_NODE' }
  const isRejected = fate === 'REFUSED' || fate === 'REFUSED_WITHOUT_RECEIPT'
  const loggedMs = sentMs + skewMs + (fate === 'LATE' ? 20_000 : 200)
  if (fate === 'SENT_TWICE')
    logLeg(
      `${name}.first`,
      requestId,
      { ...hashes, requestHash: hex(`q${name}.first`) },
      loggedMs - 100,
      records,
      isRejected,
      country,
    )
  if (fate === 'DOCUMENT_BROUGHT') {
    const unknown = logLeg(
      `${name}.u`,
      requestId,
      { ...hashes, requestHash: hex(`q${name}.u`) },
      loggedMs - 90,
      0,
      true,
      country,
    )
    country[country.length - 1] = { ...unknown, result: { ...unknown.result, code: 'DOCUMENT_UNKNOWN' } }
  }
  const leg = logLeg(name, requestId, hashes, loggedMs, records, isRejected, country)
  if (fate === 'LOST' || fate === 'LATE') return { ...sent, reach: 'TIMED_OUT', code: 'LEG_DEADLINE' }
  if (fate === 'REFUSED_WITHOUT_RECEIPT') return { ...sent, reach: 'DENIED', code: 'REFUSED_BY_NODE' }
  const answered = { ...sent, responseHash: leg.responseHash }
  if (fate === 'NO_RECEIPT') return answered
  const receipt = {
    ...{ origin: NODE, index: country.length - 1, size: country.length, checkpoint: hex(`tree ${country.length}`) },
    leaf: Buffer.from(hashLeaf(canonicalBytes(leg))).toString('hex'),
  }
  if (fate === 'BAD_ANSWER')
    return { ...answered, reach: 'UNAVAILABLE', code: 'BAD_ANSWER', records: leg.records, receipt }
  const outcome = isRejected ? ({ reach: 'DENIED', code: 'REFUSED_BY_NODE' } as const) : {}
  return { ...answered, ...outcome, records: leg.records, receipt }
}

function logLeg(
  name: string,
  requestId: string | null,
  hashes: { readonly operationHash: string; readonly requestHash: string },
  ms: number,
  records: number,
  isRejected: boolean,
  country: Entry[],
): EntryOf<'leg'> {
  const count = isRejected ? 0 : records
  const refs = Array.from({ length: count }, (_, at) => refOf(at)).sort()
  const id = idAt(ms, Number.parseInt(hex(name).slice(0, 10), 16))
  const node = { time: iso(ms), node: NODE } as const
  if (count > 0) {
    const detail = {
      v: 1,
      kind: 'leg-detail',
      id: idAt(ms, 7),
      ...node,
      of: id,
      part: 1,
      refs,
      coordinates: [],
    } as const
    country.push(detail)
  }
  const leg: EntryOf<'leg'> = {
    ...{
      ...SAMPLE_LEG,
      v: 1,
      ...node,
      ...hashes,
      id,
      requestId,
      responseHash: hex(`r${name}`),
      details: count > 0 ? 1 : 0,
    },
    records: { count, hash: hex(refs.map((ref) => `${ref}\n`).join('')) },
    result: { status: isRejected ? 403 : 200, code: isRejected ? 'FORBIDDEN' : null, denied: [] },
  }
  country.push(leg)
  return leg
}

const startAt = (ms: number, at: number): Entry => ({
  ...{ v: 1, kind: 'start', id: idAt(ms, 8_000 + at), time: iso(ms), gateway: GATEWAY, version: '1', repairs: [] },
})
const nodeStart = (ms: number): Entry => ({
  ...{ v: 1, kind: 'node-start', id: idAt(ms, 1), time: iso(ms), node: NODE, country: 'HN', domains: ['cases'] },
  ...{ access: hex('a'), policySet: hex('p'), repairs: [] },
})
const unwritable = (ms: number, at: number): Entry => ({
  ...{ v: 1, kind: 'refusals', id: idAt(ms, 5_000 + at), time: iso(ms + 2_000), gateway: GATEWAY },
  ...{ minute: iso(ms - (ms % 60_000)), code: 'RECORD_UNAVAILABLE', count: 1 },
})
const requestAt = (id: string, ms: number, legs: Request['legs'], { isHangup = false } = {}): Request => ({
  ...{ ...SAMPLE_REQUEST, id, time: iso(ms), legs, denied: [], continuations: 0 },
  result: { ...SAMPLE_REQUEST.result, durationMs: 1_000, isHangup },
})

async function compare({ gateway, country }: History, witnessed: Partial<WitnessedPart> = {}) {
  const classes = new Set<DifferenceClass>()
  const { result } = await reconcileLogs({
    ...{ gateway: sideOf(GATEWAY, gateway, witnessed), country: { side: sideOf(NODE, country), code: 'HN' }, nowMs: 0 },
    onDifference: (difference) => void classes.add(difference.class),
  })
  return { result, classes: [...classes] }
}

const plannedLeg = fc.record({ fate: fc.constantFrom(...LEG_FATES), records: fc.nat(3) })
const plannedRequest = fc.record({
  waitMs: fc.constantFrom(10, 2_000, 90_000),
  fate: fc.constantFrom(...REQUEST_FATES),
  legs: fc.array(plannedLeg, { maxLength: 3 }),
})
const skews = fc.integer({ min: -4_500, max: 4_500 })
const plans: fc.Arbitrary<Plan> = fc.record({
  requests: fc.array(plannedRequest, { maxLength: 12 }),
  skewMs: skews,
  isInFlight: fc.boolean(),
})

/** Honest histories without trouble, for lies: at least three requests that HN answered with records, minutes apart. */
const calmPlans: fc.Arbitrary<Plan> = fc.record({
  requests: fc.array(
    fc.record({
      waitMs: fc.constant(120_000),
      fate: fc.constant('LOGGED' as const),
      legs: fc.array(
        fc.record({ fate: fc.constantFrom('ANSWERED' as const), records: fc.integer({ min: 1, max: 3 }) }),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
    }),
    { minLength: 3, maxLength: 8 },
  ),
  skewMs: skews,
  isInFlight: fc.constant(false),
})

/** Changes request number `at` of the gateway's log. */
function alter({ gateway, country }: History, at: number, change: (request: Request) => Entry | undefined): History {
  const places = gateway.flatMap((entry, index) => (entry.kind === 'request' ? [index] : []))
  const place = places[at % (places.length - 1)]
  return {
    country,
    gateway: gateway.flatMap((entry, index) => (index === place ? (change(entry as Request) ?? []) : [entry])),
  }
}

const firstLeg = (change: (leg: GatewayLeg) => GatewayLeg) => (request: Request) => ({
  ...request,
  legs: request.legs.map((leg, at) => (at === 0 ? change(leg) : leg)),
})
const NO_ANSWER = { responseHash: null, records: null, receipt: null } as const
const actorWith = (more: object) => (request: Request) =>
  ({ ...request, actor: { ...request.actor, ...more }, grounds: request.grounds }) as Request
const groundsWith = (more: object) => (request: Request) =>
  ({ ...request, grounds: { ...request.grounds, ...more } }) as Request

/** Each lie, and the class that names it. */
const LIES: Readonly<Record<string, readonly [DifferenceClass, (honest: History, at: number) => History]>> = {
  'a request is not logged': ['COUNTRY_ONLY', (honest, at) => alter(honest, at, () => undefined)],
  'a leg is left out of a request': [
    'COUNTRY_ONLY',
    (honest, at) => alter(honest, at, (request) => ({ ...request, legs: request.legs.slice(1) })),
  ],
  'a leg that gave records is written as timed out': [
    'ANSWER_LOST',
    (honest, at) =>
      alter(
        honest,
        at,
        firstLeg((leg) => ({ ...leg, ...NO_ANSWER, reach: 'TIMED_OUT', code: 'LEG_DEADLINE' })),
      ),
  ],
  'a leg that gave records is written as denied, with none': [
    'OUTCOME_DIFFERS',
    (honest, at) =>
      alter(
        honest,
        at,
        firstLeg((leg) => ({ ...leg, ...NO_ANSWER, reach: 'DENIED', code: 'REFUSED_BY_NODE' })),
      ),
  ],
  'a leg that gave records is written as a bad answer without records': [
    'ANSWER_UNUSED',
    (honest, at) =>
      alter(
        honest,
        at,
        firstLeg((leg) => ({ ...leg, receipt: null, records: null, reach: 'UNAVAILABLE', code: 'BAD_ANSWER' })),
      ),
  ],
  'another number of records is written': [
    'FIELDS_DIFFER',
    (honest, at) =>
      alter(
        honest,
        at,
        firstLeg((leg) => ({ ...leg, records: { count: 0, hash: leg.records?.hash ?? '' } })),
      ),
  ],
  'another agency is written': [
    'FIELDS_DIFFER',
    (honest, at) => alter(honest, at, actorWith({ agency: 'GT-MP-OTHER' })),
  ],
  'no caller is written': [
    'FIELDS_DIFFER',
    (honest, at) => alter(honest, at, (request) => ({ ...request, actor: null })),
  ],
  'another purpose is written': [
    'FIELDS_DIFFER',
    (honest, at) => alter(honest, at, groundsWith({ purpose: 'PROSECUTION' })),
  ],
  'another task force is written': [
    'FIELDS_DIFFER',
    (honest, at) => alter(honest, at, groundsWith({ taskForce: 'jtf-other' })),
  ],
  'no grounds are written': [
    'FIELDS_DIFFER',
    (honest, at) => alter(honest, at, (request) => ({ ...request, grounds: null })),
  ],
  'other scopes are written': [
    'FIELDS_DIFFER',
    (honest, at) =>
      alter(
        honest,
        at,
        firstLeg((leg) => ({ ...leg, granted: { scopes: ['law:read'], policies: [] } })),
      ),
  ],
  'another domain is written': [
    'FIELDS_DIFFER',
    (honest, at) =>
      alter(
        honest,
        at,
        firstLeg((leg) => ({ ...leg, domain: 'persons' })),
      ),
  ],
  'the receipt is of another tree': [
    'FIELDS_DIFFER',
    (honest, at) =>
      alter(
        honest,
        at,
        firstLeg((leg) => ({ ...leg, receipt: leg.receipt && { ...leg.receipt, checkpoint: hex('other') } })),
      ),
  ],
  'one receipt serves two legs': [
    'RECEIPT_REUSED',
    (honest, at) =>
      alter(honest, at, (request) => ({ ...request, legs: [...request.legs, ...request.legs.slice(0, 1)] })),
  ],
  'one receipt serves two requests': [
    'GATEWAY_ONLY',
    (honest) => {
      const [first] = honest.gateway.filter((entry) => entry.kind === 'request')
      return alter(honest, 1, (request) => ({
        ...request,
        legs: [...request.legs, ...(first as Request).legs],
      }))
    },
  ],
  'a continuation is missing': [
    'INCOMPLETE',
    (honest, at) => alter(honest, at, (request) => ({ ...request, continuations: 1 })),
  ],
  'five hundred legs hang on one request': [
    'COUNTRY_ONLY',
    ({ gateway, country }, at) => {
      const legs = country.filter((entry) => entry.kind === 'leg')
      const { requestId, time, operationHash } = legs[at % legs.length] as EntryOf<'leg'>
      const more: Entry[] = []
      const hashes = (n: number) => ({ operationHash: operationHash ?? '', requestHash: hex(`extra ${n}`) })
      for (let n = 0; n < 500; n++) logLeg(`extra ${n}`, requestId, hashes(n), Date.parse(time), 1, false, more)
      return { gateway, country: [...country, ...more] }
    },
  ],
  'the refs of the records are swapped': [
    'RECORDS_DIFFER',
    ({ gateway, country }) => ({
      gateway,
      country: country.map((entry) =>
        entry.kind === 'leg-detail' ? { ...entry, refs: entry.refs.map((_, n) => refOf(50 + n)) } : entry,
      ),
    }),
  ],
  'the country’s log was rolled back': [
    'GATEWAY_ONLY',
    ({ gateway, country }) => ({ gateway, country: country.slice(0, 2) }),
  ],
  'the gateway’s log ends early': ['AFTER_END', ({ gateway, country }) => ({ gateway: gateway.slice(0, 2), country })],
  'the gateway’s clock is an hour slow': [
    'TIME_DIFFERS',
    ({ gateway, country }) => ({
      country,
      gateway: gateway.map((entry) => ({ ...entry, time: iso(Date.parse(entry.time) - 3_600_000) })),
    }),
  ],
}

describe('a comparison of a gateway’s log with a country’s', () => {
  it('never says that honest logs contradict each other, whatever happened to them', async () => {
    await neverContradicts(plans, (plan) => compare(play(plan)), 300)
  })

  it('holds if nothing happened', async () => {
    await fc.assert(
      fc.asyncProperty(calmPlans, async (plan) => {
        expect(await compare(play(plan))).toEqual({ result: 'HOLDS', classes: [] })
      }),
      { numRuns: 30 },
    )
  })

  it.each(Object.entries(LIES))('names it if %s', async (_, [expected, lie]) => {
    await fc.assert(
      fc.asyncProperty(calmPlans, fc.nat(20), async (plan, at) => {
        const { result, classes } = await compare(lie(play(plan), at))
        expect(result).not.toBe('HOLDS')
        expect(classes).toContain(expected)
      }),
      { numRuns: 12 },
    )
  })

  it('never holds with a lie, also if honest systems had troubles before', async () => {
    const late = Object.entries(LIES).filter(([name]) => !name.includes('ends early'))
    await fc.assert(
      fc.asyncProperty(plans, calmPlans, fc.constantFrom(...late), fc.nat(20), async (plan, calm, [, [, lie]], at) => {
        const requests = [...calm.requests, ...plan.requests]
        // The lie is about one of the calm requests, so that it is a lie.
        const honest = play({ ...plan, requests })
        const { result } = await compare(lie(honest, at % (calm.requests.length - 1)))
        expect(result).not.toBe('HOLDS')
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['no witness cosigned the gateway’s log', { timeMs: null, size: 0 }, 'UNWITNESSED', 'UNKNOWN'],
    [
      'the newest hour of the gateway’s log has no quorum',
      { timeMs: START_MS - 3_600_000, size: 1 },
      'UNWITNESSED',
      'UNKNOWN',
    ],
    ['the newest entries await witnesses', { timeMs: START_MS + 300_000, size: 2 }, 'AWAITS_WITNESSES', 'HOLDS'],
  ] as const)('says that %s', async (_, witnessed, name, expected) => {
    const legs = [{ fate: 'ANSWERED', records: 1 }] as const
    const requests = [1, 2, 3].map(() => ({ waitMs: 60_000, fate: 'LOGGED', legs }) as const)
    const { result, classes } = await compare(play({ requests, skewMs: 0, isInFlight: false }), {
      isDemanded: true,
      ...witnessed,
    })
    expect({ result, classes }).toEqual({ result: expected, classes: [name] })
  })
})
