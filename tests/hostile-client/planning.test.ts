import { getIntrospectionQuery } from 'graphql'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { ANALYST, type Answer, startWorld, type World } from './world.ts'

/**
 * A client that makes the gateway plan: with new documents, with introspection, and with more requests at a time than anybody needs. It gets
 * what its own budget pays for. Other callers get their answers, and the gateway stays up.
 */

const CLEAN = '{ case(id: "HN:1") { id court } person(id: "HN:P1") { names { full } } }'
/** A question that came twice before the flood, so that the gateway keeps it. */
const KNOWN = '{ statute(id: "HN:CP:1") { heading } }'
/** How many new documents the client sends at once. */
const FLOOD = 60
/** How often it does so at most. No machine plans that many within the budget. */
const MAX_FLOODS = 60

let world: World
let analyst: string
let other: string
beforeAll(async () => {
  // The deadlines are long, so that a slow machine changes nothing: sixty documents wait for one thread.
  const deadlines = ['--planning-deadline', '600000', '--request-deadline', '600000']
  const limits = ['--planning-budget', '1:600', '--max-in-flight', '80', '--cache-memory', '8']
  world = await startWorld(...limits, ...deadlines)
  analyst = await world.token(ANALYST)
  other = await world.token(ANALYST, { sub: 'other' })
  for (const _ of [1, 2]) await world.ask(KNOWN, null)
})
afterAll(() => world?.close())
// On a busy machine a country may have missed its deadline so often that its circuit breaker is open for a second.
afterEach(() => vi.waitFor(() => expectServed(other), { timeout: 20_000, interval: 500 }))

/** Makes a large document that the gateway has not seen. */
function newDocument(i: number): string {
  const fields = Array.from({ length: 20 }, (_, j) => {
    const person = `id sex names { full } cases(first: 1) { edges { node { id court } } } sameAs { id names { full } }`
    return `p${i}_${j}: person(id: "HN:P${j}") { ${person} }`
  })
  return `{ ${fields.join(' ')} }`
}

const codeOf = ({ text }: Answer): unknown => JSON.parse(text).errors?.[0]?.extensions?.code

let documents = 0
/** Sends new documents until the budget of the caller is spent, however fast the machine plans. Expects that nothing else is rejected. */
async function floodUntilSpent(token: string | null, size = FLOOD, make = newDocument): Promise<void> {
  for (let floods = 0; floods < MAX_FLOODS; floods++) {
    const answers = await Promise.all(Array.from({ length: size }, () => world.ask(make(documents++), token)))
    if (answers.some(({ status }) => status !== 200)) return expectBudgetSpent(answers)
  }
  throw new Error(`expected a spent budget; came answers to ${size * MAX_FLOODS} new documents`)
}

/** Expects that some requests were rejected because the budget is spent, with a time to wait, and that the others were answered. */
function expectBudgetSpent(answers: readonly Answer[]): void {
  const rejected = answers.filter(({ status }) => status !== 200)
  expect(rejected.length).toBeGreaterThan(0)
  for (const answer of rejected) {
    expect([answer.status, codeOf(answer)]).toEqual([429, 'PLANNING_BUDGET_SPENT'])
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  }
}

async function expectServed(token: string, query = CLEAN): Promise<void> {
  const { status, text } = await world.ask(query, token)
  expect([status, JSON.parse(text).errors]).toEqual([200, undefined])
}

describe('a caller without a token that floods the gateway', () => {
  it('with new documents spends its own budget, and callers with a token still get theirs planned', async () => {
    const flood = floodUntilSpent(null)
    const served = [expectServed(analyst), expectServed(other, `# new\n${CLEAN}`)]
    await flood
    await Promise.all(served)
  })

  it('with introspection of its own making spends the same budget, and tools get the standard answer', async () => {
    const own = (i: number): string => `{ __schema { t${i}: types { name fields { name args { name } } } } }`
    // No more at a time than may wait, so that only a spent budget rejects one.
    await floodUntilSpent(null, 20, own)
    const { status, text } = await world.ask(getIntrospectionQuery(), analyst)
    expect([status, JSON.parse(text).data.__schema.queryType.name]).toEqual([200, 'Query'])
  })

  it('still gets what was planned before', async () => {
    expect((await world.ask(KNOWN, null)).status).toBe(200)
  })
})

describe('the standard introspection query', () => {
  it('is answered from memory: a caller whose budget is spent gets it, and it is what the planning thread made', async () => {
    const [first, second] = [
      await world.ask(getIntrospectionQuery(), analyst),
      await world.ask(getIntrospectionQuery(), analyst),
    ]
    expect(second.text).toBe(first.text)
    const spender = await world.token(ANALYST, { sub: 'spender' })
    await world.ask(getIntrospectionQuery(), spender)
    await floodUntilSpent(spender)
    expect((await world.ask(getIntrospectionQuery(), spender)).text).toBe(first.text)
  })
})

describe('a caller with too many requests at a time', () => {
  it('gets some of them rejected, and another caller none', async () => {
    const patient = await world.token(ANALYST, { sub: 'patient' })
    const flood = Array.from({ length: 200 }, () => world.ask(CLEAN, patient))
    const served = world.ask(CLEAN, other)
    const codes = (await Promise.all(flood)).filter(({ status }) => status !== 200).map(codeOf)
    expect((await served).status).toBe(200)
    expect(new Set(codes)).toEqual(new Set(['TOO_MANY_IN_FLIGHT']))
  })
})

describe('documents that come once', () => {
  it('take no more memory than the caches may, however many come', async () => {
    // Each takes more than three MiB, so fifteen would take six times as much as the caches may.
    for (let i = 0; i < 5; i++) {
      const caller = await world.token(ANALYST, { sub: `one-of-many-${i}` })
      for (let j = 0; j < 3; j++) await world.ask(newDocument(10_000 + 10 * i + j), caller)
    }
    const metrics = await (await fetch(`${world.operatorUrl}/metrics`)).text()
    const bytes = Number(/^istmo_cached_bytes (\d+)/m.exec(metrics)?.[1])
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThanOrEqual(8 * 2 ** 20)
    await expectServed(other)
  })
})
