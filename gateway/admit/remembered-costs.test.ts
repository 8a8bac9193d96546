/** What is remembered of operations and callers changes no cost and no limit: each request is compared with the first request of a new gateway. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { buildSchema, parse } from 'graphql'
import { expect, it } from 'vitest'
import { aCaller, aContext } from '../testing.ts'
import { limitOperations, type OperationLimits } from './limit-operations.ts'

const SDL = `
  schema
    @link(url: "https://specs.apollo.dev/cost/v0.1", import: ["@listSize"])
    @link(url: "https://istmo.example/istmo/v1.0", import: ["@answeredBy"])
    @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)
  { query: Query }
  directive @link(url: String, import: [String], for: String) repeatable on SCHEMA
  directive @listSize(slicingArguments: [String!]) on FIELD_DEFINITION
  directive @answeredBy(who: String!, argument: String!) on FIELD_DEFINITION
  directive @authenticated on FIELD_DEFINITION
  type Query {
    items(first: Int = 10): [Item] @listSize(slicingArguments: ["first"])
    personHits(name: String): Item
    ruled(countries: [String!]): Item @answeredBy(who: "EVERY", argument: "countries") @authenticated
  }
  type Item { id: ID, of: Item }
`

const HEAD = '($first: Int = 4, $countries: [String!], $yes: Boolean = true)'
const OPERATIONS = [
  `query A${HEAD} { items(first: $first) { id } ruled(countries: $countries) { id } }`,
  `query A${HEAD} { items @include(if: $yes) { id } one: personHits @skip(if: $yes) { id } two: personHits { id } }`,
  `query A${HEAD} { ...F } query B${HEAD} { ruled(countries: $countries) { of { id } } } fragment F on Query { personHits { id } }`,
  `query A${HEAD} { items { id } personHits @skip(if: $yes) { id } }`,
]
const DOCUMENTS = OPERATIONS.map((text) => parse(text))

const limits: Omit<OperationLimits, 'takeToken' | 'takeCost'> = {
  apiSchema: buildSchema(SDL),
  supergraphSdl: SDL,
  maxCost: 6,
  assumedListSize: 5,
  fieldWeights: { 'Query.ruled(countries:)': 2 },
  hitRate: { perSecond: 1, burst: 1 },
  costRate: { perSecond: 1, burst: 1 },
  hits: { count: async () => undefined, layer: (sendLeg) => sendLeg },
}

const callerWith = (...countries: string[]) =>
  aCaller({ mandate: { type: 'istmo_mandate', purposes: ['INVESTIGATION'], countries, not_after: '2030-01-01' } })
const CALLERS = [null, aCaller(), callerWith('GT'), callerWith('SV', 'GT', 'GT'), callerWith('MX')]

const REQUEST = fc.record({
  document: fc.constantFrom(...DOCUMENTS),
  operationName: fc.constantFrom('A', 'B', undefined),
  caller: fc.constantFrom(...CALLERS),
  variables: fc.record(
    {
      first: fc.constantFrom<unknown>(0, 1, 11, '11', null, undefined, 1.5),
      countries: fc.constantFrom<unknown>(null, [], ['GT'], ['GT', 'SV'], 'GT', ['GT', 'GT']),
      yes: fc.constantFrom<unknown>(true, false, null, 'true'),
    },
    { requiredKeys: [] },
  ),
})

type AnyRequest = typeof REQUEST extends fc.Arbitrary<infer One> ? One : never

/** Runs a request. Returns its error, its cost, and under which names it was counted as a search for hits. */
async function outcomeOf(execute: ReturnType<typeof open>['execute'], request: AnyRequest, taken: string[]) {
  const trail = { cost: null as number | null }
  const context = { ...aContext({ caller: request.caller }), trail } as unknown as Parameters<typeof execute>[1]
  taken.length = 0
  const error = await execute(request, context).then(
    () => null,
    ({ message }: Error) => message,
  )
  return { error, cost: trail.cost, taken: [...taken] }
}

function open() {
  const taken: string[] = []
  const takeToken: OperationLimits['takeToken'] = async (key) => {
    taken.push(key)
    return { isTaken: true }
  }
  const takeCost: OperationLimits['takeCost'] = (key, _, cost) => {
    taken.push(`${key}: ${cost}`)
    return { isTaken: true }
  }
  return {
    taken,
    execute: limitOperations<Omit<AnyRequest, 'caller'>, string>(async () => 'run', { ...limits, takeToken, takeCost }),
  }
}

it('what is remembered of an operation gives the cost and the errors that a new count gives', async () => {
  const remembering = open()
  const outcomes = new Set<string>()
  await fc.assert(
    fc.asyncProperty(REQUEST, async (request) => {
      const fresh = open()
      const again = { ...request, document: structuredClone(request.document) }
      const outcome = await outcomeOf(remembering.execute, request, remembering.taken)
      expect(outcome).toEqual(await outcomeOf(fresh.execute, again, fresh.taken))
      outcomes.add(JSON.stringify(outcome))
    }),
    { numRuns: 300 },
  )
  expect(outcomes.size).toBeGreaterThan(8)
})

it.each([true, false])(
  'a search for hits counts each time that it is asked, whatever was asked first: %s',
  async (first) => {
    const { taken, execute } = open()
    const document = parse('query ($yes: Boolean!) { __typename personHits @include(if: $yes) { id } }')
    for (const yes of [first, true, false, true]) {
      await outcomeOf(execute, { document, operationName: undefined, caller: null, variables: { yes } }, taken)
      expect(taken.filter((key) => key.startsWith('hits '))).toHaveLength(yes ? 1 : 0)
    }
  },
)

/** Returns how many bytes are in use after all garbage was collected. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  gc()
  gc()
  return process.memoryUsage().heapUsed
}

it('nothing of a long list is kept, and another list of the same length is counted again', async () => {
  const { execute, taken } = open()
  const document = parse('query ($countries: [String!]) { ruled(countries: $countries) { id } }')
  const ask = (countries: string[]) =>
    outcomeOf(execute, { document, operationName: undefined, caller: null, variables: { countries } }, taken)
  await ask([])
  const before = heapUsed()
  for (let n = 0; n < 16; n++) expect((await ask([`${n}`.padStart(2_000_000, 'x')])).cost).toBe(3)
  expect(heapUsed() - before).toBeLessThan(8_000_000)
  expect((await ask(['GT', 'x'.repeat(1_999_997)])).cost).toBe(5)
})
