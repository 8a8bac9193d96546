import { buildSchema, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { Caller } from '../../contract/access-token.ts'
import { createHitQuota } from '../../contract/hit-quota/hit-quota.ts'
import { createMemoryHits } from '../../contract/hit-quota/memory-hits.ts'
import { aCaller, aContext } from '../testing.ts'
import type { RequestContext } from '../types/flow.ts'
import { limitHits } from './limit-hits.ts'
import { limitOperations, type OperationLimits } from './limit-operations.ts'
import { createMemoryBuckets } from './rate.ts'

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
    personHits(name: String): Hits
    every(countries: [String!]): Every @answeredBy(who: "EVERY", argument: "countries")
    ruled(countries: [String!]): Every @answeredBy(who: "EVERY", argument: "countries") @authenticated
  }
  type Item { id: ID, of: ID }
  type Hits { count: Int }
  type Every { id: ID, inner(countries: [String!]): Every @answeredBy(who: "EVERY", argument: "countries") }
`

const CALLER = aCaller()

const ANY_HITS = limitHits({
  quota: createHitQuota(createMemoryHits(), () => 0),
  hitsPerDay: null,
  onUnsent: () => undefined,
})

function contextOf(caller: Caller | null): RequestContext {
  return aContext({ caller })
}

function createRunner(over: Partial<OperationLimits> = {}) {
  let now = 0
  const limits: OperationLimits = {
    apiSchema: buildSchema(SDL),
    supergraphSdl: SDL,
    maxCost: 20,
    assumedListSize: 5,
    fieldWeights: {},
    hitRate: null,
    takeToken: createMemoryBuckets(() => now),
    costRate: null,
    takeCost: createMemoryBuckets(() => now),
    hits: ANY_HITS,
    ...over,
  }
  const execute = limitOperations(async () => 'run', limits)
  const documents = new Map<string, ReturnType<typeof parse>>()
  return {
    pass: (seconds: number): void => {
      now += seconds
    },
    run(text: string, variables: Record<string, unknown> = {}, caller: Caller | null = CALLER, operationName?: string) {
      const document = documents.get(text) ?? parse(text)
      documents.set(text, document)
      return execute({ document, operationName, variables }, contextOf(caller))
    },
  }
}

const withMandate = (...countries: string[]): Caller => ({
  ...CALLER,
  mandate: { type: 'istmo_mandate', purposes: ['INVESTIGATION'], countries, not_after: '2030-01-01' },
})

describe('an operation', () => {
  it('runs up to the allowed cost, and is rejected above it with both numbers', async () => {
    const { run } = createRunner()
    expect(await run('{ items(first: 20) { id } }')).toBe('run')
    await expect(run('{ items(first: 21) { id } }')).rejects.toMatchObject({
      code: 'COST_EXCEEDED',
      status: 400,
      message: expect.stringContaining('a cost of at most 20 for each country; came 21, most of it for Query.items'),
    })
  })

  it('is counted again if a variable that its cost depends on changes', async () => {
    const { run } = createRunner()
    const text = 'query ($first: Int = 20) { items(first: $first) { id } }'
    for (const _ of [1, 2]) {
      expect(await run(text)).toBe('run')
      expect(await run(text, { first: 5 })).toBe('run')
      await expect(run(text, { first: 30 })).rejects.toMatchObject({ code: 'COST_EXCEEDED' })
      expect(await run(text, { first: null })).toBe('run')
    }
  })

  it('costs the same for two countries and for thirty', async () => {
    const { run } = createRunner({ maxCost: 2 })
    const text =
      'query ($countries: [String!]) { ruled(countries: $countries) { inner(countries: $countries) { id } } }'
    const thirty = Array.from({ length: 30 }, (_, at) => `C${at}`)
    for (const countries of [['GT', 'HN'], thirty]) {
      expect(await run(text, { countries }, withMandate(...countries))).toBe('run')
    }
    await expect(createRunner({ maxCost: 1 }).run(text)).rejects.toMatchObject({
      message: expect.stringContaining(
        'a cost of at most 1 for each country; came 2, most of it for Query.ruled, Every.inner',
      ),
    })
  })

  it('is rejected for fields that are dear to ask, with the names of those fields', async () => {
    const { run } = createRunner({ maxCost: 100, fieldWeights: { 'Query.items': 40 } })
    expect(await run('{ a: items(first: 1) { id } b: items(first: 1) { id } }')).toBe('run')
    const aliases = ['a', 'b', 'c'].map((alias) => `${alias}: items(first: 1) { id }`)
    await expect(run(`{ ${aliases.join(' ')} every { id } }`)).rejects.toMatchObject({
      code: 'COST_EXCEEDED',
      message: expect.stringContaining('came 124, most of it for 3 × Query.items'),
    })
  })

  it('is the one that the request names', async () => {
    const { run } = createRunner()
    const text = 'query Dear { items(first: 30) { id } } query Cheap { items(first: 1) { id } }'
    expect(await run(text, {}, CALLER, 'Cheap')).toBe('run')
    await expect(run(text, {}, CALLER, 'Dear')).rejects.toMatchObject({ code: 'COST_EXCEEDED' })
    expect(await run(text)).toBe('run')
  })

  it('may nest one every field in another, and no deeper', async () => {
    const { run } = createRunner({ maxCost: 1_000 })
    expect(await run('{ every { inner { id } } }')).toBe('run')
    await expect(run('{ every { inner { inner { id } } } }')).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringContaining('at most 2 levels of fields that ask every country; came 3'),
    })
  })
})

describe('a hit search', () => {
  it.each([
    ['once', '{ personHits(name: "a") { count } }'],
    ['in parts of one field', '{ personHits { count } ...f } fragment f on Query { personHits { count } }'],
    ['twice, once skipped', '{ personHits { count } b: personHits @skip(if: true) { count } }'],
    ['once in one operation of two', 'query A { personHits { count } } query B { b: personHits { count } }', 'A'],
  ])('runs %s', async (_, text, operationName?: string) => {
    expect(await createRunner().run(text, {}, CALLER, operationName)).toBe('run')
  })

  it.each([
    ['under two names', '{ personHits { count } b: personHits { count } }'],
    ['by a fragment', '{ personHits { count } ...f } fragment f on Query { b: personHits { count } }'],
    [
      'by nested fragments',
      '{ ...f ... { personHits { count } } } fragment f on Query { ...g } fragment g on Query { b: personHits { count } }',
    ],
    ['by a condition', 'query ($on: Boolean!) { personHits { count } b: personHits @include(if: $on) { count } }'],
  ])('does not run twice in an operation: %s', async (_, text) => {
    await expect(createRunner().run(text, { on: true })).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringContaining('personHits at most once; came 2 times'),
    })
  })

  it('has its own rate for each caller', async () => {
    const { run, pass } = createRunner({ hitRate: { perSecond: 0.5, burst: 2 } })
    const text = '{ personHits { count } }'
    expect([await run(text), await run(text)]).toEqual(['run', 'run'])
    await expect(run(text)).rejects.toMatchObject({ code: 'RATE_LIMITED', status: 429, retryAfterSeconds: 2 })
    expect(await run('{ items { id } }')).toBe('run')
    expect(await run(text, {}, { ...CALLER, subject: 'two' })).toBe('run')
    expect(await run(text, {}, { ...CALLER, issuer: 'https://id.hn.example' })).toBe('run')
    pass(2)
    expect(await run(text)).toBe('run')
  })

  it('is refused while what the caller has asked costs too much together, and others are not', async () => {
    const { run, pass } = createRunner({ costRate: { perSecond: 2, burst: 20 } })
    const text = '{ items(first: 12) { id } }'
    expect(await run(text)).toBe('run')
    await expect(run(text)).rejects.toMatchObject({
      ...{ code: 'RATE_LIMITED', status: 429, retryAfterSeconds: 2 },
      message: expect.stringContaining('at most 2 a second, and 20 at once; came more with one of 12'),
    })
    expect(await run('{ items(first: 8) { id } }')).toBe('run')
    expect(await run('{ __typename }')).toBe('run')
    expect(await run(text, {}, { ...CALLER, subject: 'two' })).toBe('run')
    expect(await run(text, {}, null)).toBe('run')
    await expect(run(text, {}, null)).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    pass(6)
    expect(await run(text)).toBe('run')
  })

  it('charges a list of searches by item', async () => {
    const { run, pass } = createRunner({ hitRate: { perSecond: 1, burst: 3 } })
    const text = 'query ($searches: [Search!]!) { personListHits(searches: $searches) { count } }'
    const list = (items: number) => ({ searches: Array.from({ length: items }, (_, i) => ({ name: `N${i}` })) })
    expect(await run(text, list(2))).toBe('run')
    await expect(run(text, list(2))).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 1 })
    pass(2)
    expect(await run(text, list(3))).toBe('run')
    pass(3)
    // A list that is longer than the burst is a debt of the next ones.
    expect(await run(text, list(10))).toBe('run')
    await expect(run(text, list(1))).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 8 })
  })
})
