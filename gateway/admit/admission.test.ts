import { describe, expect, it } from 'vitest'
import { aCaller } from '../testing.ts'
import type { EntryBudgetRates } from './admission.ts'
import { createAdmission } from './admission.ts'
import type { TakeToken } from './rate.ts'
import { createMemoryBuckets } from './rate.ts'
import { NO_LIMITS } from './testing.ts'

const CALLER = aCaller()
const IN_FLIGHT = { ofCaller: 2, ofAll: 3 }
const NO_BUDGET: EntryBudgetRates = { network: null, all: null }

/** An admission that accepts one request of each caller, and the keys that it counts under. */
function createTestAdmission(entryBudget = NO_BUDGET) {
  const keys: string[] = []
  const buckets = createMemoryBuckets(() => 0)
  const takeToken: TakeToken = (key, rate) => {
    keys.push(key)
    return buckets(key, rate)
  }
  const callerRate = { perSecond: 0.5, burst: 1 }
  return {
    keys,
    admission: createAdmission({
      limits: NO_LIMITS,
      documents: () => null,
      callerRate,
      takeToken,
      inFlight: IN_FLIGHT,
      entryBudget,
    }),
  }
}

const REJECTED = { code: 'RATE_LIMITED', status: 429, retryAfterSeconds: 2 }

describe('requests', () => {
  it.each([
    ['another subject', { ...CALLER, subject: 'two' }],
    ['the same subject of another issuer', { ...CALLER, issuer: 'https://id.hn.example' }],
    ['a subject and issuer that make one text', { ...CALLER, issuer: 'https://id.gt.exampleo', subject: 'ne' }],
  ])('are counted for each caller, separately from %s', async (_, other) => {
    const { admission } = createTestAdmission()
    await admission.request(CALLER, '192.0.2.1')
    await admission.request(other, '192.0.2.1')
    await expect(admission.request(CALLER, '192.0.2.2')).rejects.toMatchObject(REJECTED)
  })

  it('are counted under a hash of the caller, and addresses never reach the shared buckets', async () => {
    const { admission, keys } = createTestAdmission()
    await admission.request(CALLER, '192.0.2.1')
    await admission.request(null, '192.0.2.1')
    expect(keys).toEqual([expect.stringMatching(/^caller [\w-]{43}$/)])
  })

  it.each([
    ['192.0.2.1', '192.0.2.2', false],
    ['192.0.2.1', '192.0.2.1', true],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
    ['2001:db8:0:1::1', '2001:db8:0:1:ffff::9', true],
    ['2001:db8::1', '2001:db8:0:0:5::', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['::1', '::1', true],
  ])('without a token are counted by network: %s and %s', async (first, second, isOne) => {
    const { admission } = createTestAdmission()
    await admission.request(null, first)
    const answer = admission.request(null, second)
    if (isOne) await expect(answer).rejects.toMatchObject(REJECTED)
    else expect(await answer).toBeUndefined()
  })

  it('are accepted in any number if no rate is set', async () => {
    const takeToken = createMemoryBuckets(() => 0)
    const admission = createAdmission({
      limits: NO_LIMITS,
      documents: () => null,
      callerRate: null,
      takeToken,
      inFlight: IN_FLIGHT,
      entryBudget: NO_BUDGET,
    })
    for (let i = 0; i < 1_000; i++) await admission.request(CALLER, '192.0.2.1')
  })
})

describe('requests in progress', () => {
  const busy = (code: string, status: number) => expect.objectContaining({ code, status, retryAfterSeconds: 1 })

  it('are limited for each caller, and an answer makes room for the next', () => {
    const { admission } = createTestAdmission()
    const leave = admission.enter(CALLER, '192.0.2.1')
    admission.enter(CALLER, '192.0.2.2')
    expect(() => admission.enter(CALLER, '192.0.2.3')).toThrow(busy('TOO_MANY_IN_FLIGHT', 429))
    leave()
    expect(() => admission.enter(CALLER, '192.0.2.3')).not.toThrow()
  })

  it('are limited for all callers together', () => {
    const { admission } = createTestAdmission()
    admission.enter(CALLER, '192.0.2.1')
    const leave = admission.enter(null, '192.0.2.1')
    admission.enter(null, '192.0.2.2')
    expect(() => admission.enter(null, '192.0.2.3')).toThrow(busy('GATEWAY_BUSY', 503))
    leave()
    expect(() => admission.enter(null, '192.0.2.3')).not.toThrow()
  })

  it('without a token are counted by network', () => {
    const { admission } = createTestAdmission()
    admission.enter(null, '2001:db8:0:1::1')
    admission.enter(null, '2001:db8:0:1::2')
    expect(() => admission.enter(null, '2001:db8:0:1::3')).toThrow(busy('TOO_MANY_IN_FLIGHT', 429))
  })

  it('are not those that were rejected, neither of their caller nor of all', () => {
    const { admission } = createTestAdmission()
    const expectRejected = (code: string, status: number): void => {
      for (let times = 0; times < 9; times++) expect(() => admission.enter(CALLER, '')).toThrow(busy(code, status))
    }
    const leaving = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => admission.enter(null, address))
    expectRejected('GATEWAY_BUSY', 503)
    for (const leave of leaving) leave()
    for (let times = 0; times < 2; times++) admission.enter(CALLER, '')
    expectRejected('TOO_MANY_IN_FLIGHT', 429)
    expect(() => admission.enter(null, '192.0.2.1')).not.toThrow()
  })
})

describe('the entries of requests without a token', () => {
  it('have room for each network', () => {
    const { admission } = createTestAdmission({ network: { perSecond: 1, burst: 4_096 }, all: null })
    admission.reserveEntry('2001:db8:0:1::1')
    expect(() => admission.reserveEntry('2001:db8:0:1::2')).toThrow(expect.objectContaining({ code: 'RATE_LIMITED' }))
    expect(() => admission.reserveEntry('2001:db8:0:2::1')).not.toThrow()
  })
})

describe('documents', () => {
  const withLimit = (variables: number) => {
    const limits = { ...NO_LIMITS, variables }
    return createAdmission({
      limits,
      documents: () => null,
      callerRate: null,
      takeToken: createMemoryBuckets(),
      inFlight: IN_FLIGHT,
      entryBudget: NO_BUDGET,
    })
  }

  it('are let through, and their variables are checked each time', () => {
    const admission = withLimit(1)
    for (const _ of [1, 2]) {
      expect(admission.document({ query: '{ a }', variables: { a: 1 }, documentId: undefined })).toBeNull()
      expect(() => admission.document({ query: '{ a }', variables: { a: [1] }, documentId: undefined })).toThrow(
        'at most 1',
      )
    }
  })

  it.each([undefined, null, 1, {}, ''])('that are not a text are left to the GraphQL server: %s', (query) => {
    expect(withLimit(1).document({ query, variables: undefined, documentId: undefined })).toBeNull()
  })
})
