import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { countryClaims, TEST_NOW_S } from '../../../contract/trust/country-token/testing.ts'
import { AuthorityUnavailable, ExchangeRefused } from '../leg-failures.ts'
import type { CountryToken } from './exchange-client.ts'
import { createTokenCache, type TokenCache, type TokenWish } from './token-cache.ts'

let nowS: number
let exchanged: string[]
let cache: TokenCache
beforeEach(() => {
  nowS = TEST_NOW_S
  exchanged = []
  cache = createTokenCache({ nowS: () => nowS, draw: () => 0.5, maxTokens: 3 })
})

/** A wish whose exchange gives a new token of five minutes, or fails. */
function wish(key: string, more: Partial<TokenWish> = {}): TokenWish {
  return { key, untilS: TEST_NOW_S + 3_600, isRenewed: () => true, exchange: async () => makeToken(key), ...more }
}

function makeToken(key: string): CountryToken {
  exchanged.push(key)
  const token = `${key}-${exchanged.length}`
  return { token, hash: token, claims: countryClaims({ iat: nowS, exp: nowS + 300 }) }
}

const take = async (key: string, more?: Partial<TokenWish>) => (await cache.get(wish(key, more))).token

describe('the cache of country tokens', () => {
  it('gets a token once for all who wait for it, and then once in its life', async () => {
    expect(await Promise.all([take('a'), take('a'), take('b')])).toEqual(['a-1', 'a-1', 'b-2'])
    nowS += 289
    expect(await take('a')).toBe('a-1')
    nowS += 1
    expect(await take('a')).toBe('a-3')
  })

  it('asks again at once after an authority was away, and two seconds later after a refusal', async () => {
    const away = wish('a', { exchange: () => Promise.reject(new AuthorityUnavailable('away')) })
    await expect(cache.get(away)).rejects.toThrow('away')
    expect(await take('a')).toBe('a-1')
    const refused = wish('b', { exchange: () => Promise.reject(new ExchangeRefused('invalid_grant')) })
    await expect(cache.get(refused)).rejects.toThrow('invalid_grant')
    await expect(take('b')).rejects.toThrow('invalid_grant')
    nowS += 2
    expect(await take('b')).toBe('b-2')
  })

  it('renews a token that is in use, from 50 to 20 seconds before its end, and gives the old one until the new one came', async () => {
    await take('a')
    nowS += 264
    await take('a')
    await cache.renew()
    expect(exchanged).toEqual(['a'])
    nowS += 1
    let come: (token: CountryToken) => void = () => undefined
    const slow = createTokenCache({ nowS: () => nowS, draw: () => 0 })
    let exchanges = 0
    const slowWish = wish('s', {
      exchange: () =>
        exchanges++ === 0 ? Promise.resolve(makeToken('s')) : new Promise((resolve) => (come = resolve)),
    })
    await slow.get(slowWish)
    nowS += 280
    await slow.get(slowWish)
    const renewing = slow.renew()
    expect((await slow.get(slowWish)).token).toBe('s-2')
    come(makeToken('s'))
    await renewing
    expect((await slow.get(slowWish)).token).toBe('s-3')
  })

  it('does not renew a token that no leg used in the last minute, so an unused one is renewed never again', async () => {
    await take('a')
    nowS += 265
    await cache.renew()
    expect(exchanged).toEqual(['a'])
    await take('a')
    await cache.renew()
    expect(exchanged).toEqual(['a', 'a'])
    nowS += 265
    await cache.renew()
    expect(exchanged).toEqual(['a', 'a'])
  })

  it('does not renew a token of one question, nor one that ends with its access token', async () => {
    await take('question', { isRenewed: () => false })
    await take('last', { untilS: TEST_NOW_S + 300 })
    nowS += 280
    await Promise.all([take('question', { isRenewed: () => false }), take('last', { untilS: TEST_NOW_S + 300 })])
    await cache.renew()
    expect(exchanged).toEqual(['question', 'last'])
  })

  it('tries a failed renewal again five seconds later, and meanwhile gives what it has', async () => {
    let isAway = false
    const flaky = wish('a', {
      exchange: async () => (isAway ? Promise.reject(new AuthorityUnavailable('away')) : makeToken('a')),
    })
    await cache.get(flaky)
    nowS += 266
    await cache.get(flaky)
    isAway = true
    await cache.renew()
    expect((await cache.get(flaky)).token).toBe('a-1')
    isAway = false
    await cache.renew()
    expect(exchanged).toHaveLength(1)
    nowS += 5
    await cache.renew()
    expect((await cache.get(flaky)).token).toBe('a-2')
  })

  it('finds at once exactly the tokens that it would give without an exchange', async () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      after: fc.integer({ min: 0, max: 200 }),
      forgets: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        exchanged = []
        const fresh = createTokenCache({ nowS: () => nowS, draw: () => 0.5, maxTokens: 3 })
        for (const { key, after, forgets } of steps) {
          nowS += after
          const found = fresh.find(key)
          const before = exchanged.length
          const given = await fresh.get(wish(key))
          expect(found).toBe(exchanged.length === before ? given : null)
          if (forgets) fresh.forget(key, given.hash)
        }
      }),
    )
  })

  it('finds no token that is still on its way, nor a refusal', async () => {
    const refused = wish('a', { exchange: () => Promise.reject(new ExchangeRefused('invalid_grant')) })
    const waiting = cache.get(refused)
    expect(cache.find('a')).toBeNull()
    await expect(waiting).rejects.toThrow('invalid_grant')
    expect(cache.find('a')).toBeNull()
  })

  it('counts finding a token as its use', async () => {
    await take('a')
    nowS += 265
    cache.find('a')
    await cache.renew()
    expect(exchanged).toEqual(['a', 'a'])
  })

  it('forgets a token that a country did not believe, and no newer one', async () => {
    await take('a')
    cache.forget('a', 'another token')
    expect(await take('a')).toBe('a-1')
    cache.forget('a', 'a-1')
    expect(await take('a')).toBe('a-2')
  })

  it('keeps no more tokens than it may, and drops those first that were used least recently', async () => {
    for (const key of ['a', 'b', 'c', 'a', 'd']) await take(key)
    expect(cache.size()).toBe(3)
    expect(await take('a')).toBe('a-1')
    expect(await take('b')).toBe('b-5')
  })
})
