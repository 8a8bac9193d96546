import fc from 'fast-check'
import { PURPOSES } from '../../contract/access-token.ts'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { REACHES } from '../../contract/outcome.ts'

/** Generated entries, for tests and the bench. Each member has only a few possible values, so that filters match some of them. */

const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'
const COORDINATES = [
  'Query.person',
  'Query.person(id:)',
  'Person.names',
  'Person.birthDate',
  'PersonHits.hits',
  'Case.id',
]

/** Returns a UUIDv7 of a time in milliseconds since 1970, with `at` as its random part. */
export function idAt(timeMs: number, at: number): string {
  const hex = timeMs.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${at.toString(16).padStart(12, '0')}`
}

/** Returns a text in the form of a pseudonym, made from a number. */
export function refOf(at: number): string {
  return `1.${Buffer.from(String(at).padEnd(32, '.')).toString('base64url').slice(0, 43)}`
}

const actor = fc.record({
  country: fc.constantFrom('GT', 'HN', null),
  agency: fc.constantFrom('GT-MP-FECO', 'HN-MP-ATIC', null),
  role: fc.constantFrom('analyst', 'prosecutor'),
  scopes: fc.constant(['person:read']),
  ref: fc.integer({ min: 0, max: 2 }).map(refOf),
  client: fc.constantFrom('tf-console', null),
  tokenId: fc.constantFrom('t1', 't2'),
  assurance: fc.constant('2'),
})
const grounds = fc.record({
  taskForce: fc.constantFrom('jtf-2026-03', null),
  purpose: fc.constantFrom(...PURPOSES, null),
  legalBasis: fc.constant([]),
  caseRef: fc.option(fc.integer({ min: 0, max: 1 }).map(refOf)),
})
const leg: fc.Arbitrary<EntryOf<'request'>['legs'][number]> = fc.record({
  country: fc.constantFrom('GT', 'HN', 'SV', null),
  domain: fc.constantFrom('cases', 'persons'),
  access: fc.constant(HASH),
  policySet: fc.constant(HASH),
  granted: fc.constant({ scopes: [], policies: [] }),
  reach: fc.constantFrom(...REACHES),
  code: fc.constantFrom(null, 'PARTLY_DENIED', 'CONNECTION'),
  operationHash: fc.constant(HASH),
  requestHash: fc.constant(HASH),
  responseHash: fc.constant(HASH),
  records: fc.option(fc.record({ count: fc.nat(9), hash: fc.constant(HASH) })),
  receipt: fc.constant(null),
})
const coordinates = fc.subarray(COORDINATES)
const denied = fc.array(
  fc.record({
    coordinate: fc.constantFrom(...COORDINATES),
    kind: fc.constantFrom('SCOPES' as const, 'POLICY' as const),
    country: fc.constantFrom('HN', null),
  }),
  { maxLength: 2 },
)
const result = fc.record({
  status: fc.constantFrom(200, 400, 403, 503),
  codes: fc.subarray(['FORBIDDEN_BY_COUNTRY', 'MANDATE_NOT_COVERED']),
  durationMs: fc.nat(500),
  isHangup: fc.boolean(),
  isDryRun: fc.constant(false),
})
const operation = fc.record({
  name: fc.constantFrom('Cases', 'Person', null),
  documentHash: fc.constant(HASH),
  variables: fc.constant(null),
  cost: fc.constant(null),
  graph: fc.constant(HASH),
})

/** The earliest time of generated entries, in milliseconds since 1970. */
export const MADE_UP_FROM_MS: number = Date.parse('2026-11-24T00:00:00.000Z')

/** Entries of a gateway's log in an order in which it may write them: requests, stops, and continuations between other entries. */
export const gatewayEntries: fc.Arbitrary<readonly Entry[]> = fc
  .array(
    fc.record({
      // Only a few times, so that filters by time match some of them to the millisecond.
      minutes: fc.nat(48).map((hour) => hour * 60),
      isRequest: fc.boolean(),
      v: fc.constantFrom(1 as const, 2 as const),
      actor: fc.option(actor),
      grounds: fc.option(grounds),
      operation: fc.option(operation),
      parts: fc.array(fc.record({ coordinates, denied, legs: fc.array(leg, { maxLength: 2 }) }), {
        minLength: 1,
        maxLength: 3,
      }),
      result,
      delay: fc.nat(3),
    }),
    { maxLength: 25 },
  )
  .map((drafts) => {
    const placed: { readonly at: number; readonly entry: Entry }[] = []
    for (const [at, { minutes, isRequest, parts, delay, v, ...rest }] of drafts.entries()) {
      const timeMs = MADE_UP_FROM_MS + minutes * 60_000
      const base = { v: 1, time: new Date(timeMs).toISOString(), gateway: 'istmo.example/gateway' } as const
      const id = idAt(timeMs, at)
      if (!isRequest) {
        placed.push({ at: at * 10, entry: { ...base, kind: 'stop', id } })
        continue
      }
      const [first = { coordinates: [], denied: [], legs: [] }, ...more] = parts
      const common = { ...base, kind: 'request', id, traceId: null } as const
      if (v === 2) {
        const { entry, parts: own } = splitByCountry({ ...common, v, continuations: 0, ...rest, ...first }, at)
        placed.push(...[entry, ...own].map((each, part) => ({ at: at * 10 + part / 10, entry: each })))
        continue
      }
      placed.push({ at: at * 10, entry: { ...common, continuations: more.length, ...rest, ...first } })
      for (const [part, lists] of more.entries()) {
        const continuation = {
          ...base,
          kind: 'continuation',
          of: id,
          part: part + 1,
          id: idAt(timeMs, 1_000 + at * 10 + part),
        } as const
        placed.push({ at: at * 10 + delay * 10 + part + 1, entry: { ...continuation, ...lists } })
      }
    }
    return placed.sort((one, other) => one.at - other.at).map(({ entry }) => entry)
  })

/** Divides a request as the gateway does: what belongs to a country stands in a part of that country. */
function splitByCountry(
  whole: EntryOf<'request'>,
  at: number,
): { readonly entry: Entry; readonly parts: readonly Entry[] } {
  const isOf = (country: string | null) => (item: { readonly country: string | null }) => item.country === country
  const all = [...whole.legs, ...whole.denied, { country: whole.actor?.country ?? null }].map(({ country }) => country)
  const countries = [...new Set(all.filter((country) => country !== null))].sort()
  const { time, gateway, id: of } = whole
  const parts = countries.map(
    (country, part): Entry => ({
      ...{ v: 2, kind: 'continuation', id: idAt(Date.parse(time), 500_000 + at * 10 + part), time, gateway, of },
      ...{ part: part + 1, country, seq: at + 1, coordinates: [] },
      ...{ legs: whole.legs.filter(isOf(country)), denied: whole.denied.filter(isOf(country)) },
    }),
  )
  const common = { legs: whole.legs.filter(isOf(null)), denied: whole.denied.filter(isOf(null)) }
  return { entry: { ...whole, ...common, continuations: parts.length }, parts }
}
