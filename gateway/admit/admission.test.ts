import { describe, expect, it } from 'vitest'
import { aCaller } from '../testing.ts'
import { createAdmission } from './admission.ts'
import { createMemoryBuckets } from './memory-buckets.ts'
import type { TakeToken } from './rate.ts'
import { NO_LIMITS } from './testing.ts'

const CALLER = aCaller()

/** A door that lets one request of each through. */
function createDoor() {
  const keys: string[] = []
  const buckets = createMemoryBuckets(() => 0)
  const takeToken: TakeToken = (key, rate) => {
    keys.push(key)
    return buckets(key, rate)
  }
  const callerRate = { perSecond: 0.5, burst: 1 }
  return { keys, door: createAdmission({ limits: NO_LIMITS, documents: () => null, callerRate, takeToken }) }
}

const REFUSED = { code: 'RATE_LIMITED', status: 429, retryAfterSeconds: 2 }

describe('requests', () => {
  it.each([
    ['another subject', { ...CALLER, subject: 'two' }],
    ['the same subject of another issuer', { ...CALLER, issuer: 'https://id.hn.example' }],
    ['a subject and issuer that make one text', { ...CALLER, issuer: 'https://id.gt.exampleo', subject: 'ne' }],
  ])('are counted by caller, apart from %s', async (_, other) => {
    const { door } = createDoor()
    await door.request(CALLER, '192.0.2.1')
    await door.request(other, '192.0.2.1')
    await expect(door.request(CALLER, '192.0.2.2')).rejects.toMatchObject(REFUSED)
  })

  it('are kept under a name that tells nobody who it is, and addresses are not kept where others look', async () => {
    const { door, keys } = createDoor()
    await door.request(CALLER, '192.0.2.1')
    await door.request(null, '192.0.2.1')
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
    const { door } = createDoor()
    await door.request(null, first)
    const asked = door.request(null, second)
    if (isOne) await expect(asked).rejects.toMatchObject(REFUSED)
    else expect(await asked).toBeUndefined()
  })

  it('are let through in any number where no rate is set', async () => {
    const takeToken = createMemoryBuckets(() => 0)
    const door = createAdmission({ limits: NO_LIMITS, documents: () => null, callerRate: null, takeToken })
    for (let i = 0; i < 1_000; i++) await door.request(CALLER, '192.0.2.1')
  })
})

describe('documents', () => {
  const withLimit = (tokens: number) => {
    const limits = { ...NO_LIMITS, tokens, variables: 1 }
    return createAdmission({ limits, documents: () => null, callerRate: null, takeToken: createMemoryBuckets() })
  }

  it('are checked every time they come, with their variables', () => {
    const door = withLimit(3)
    for (const _ of [1, 2]) {
      expect(door.document({ query: '{ a }', variables: { a: 1 }, documentId: undefined })).toBeNull()
      expect(() => door.document({ query: '{ a b }', variables: {}, documentId: undefined })).toThrow(
        'at most 3 tokens',
      )
      expect(() => door.document({ query: '{ a }', variables: { a: [1] }, documentId: undefined })).toThrow('at most 1')
    }
  })

  it.each([undefined, null, 1, {}, ''])('that are no text are left to who says so: %s', (query) => {
    expect(withLimit(3).document({ query, variables: undefined, documentId: undefined })).toBeNull()
  })
})
