import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createByteCache } from './byte-cache.ts'

/** A value of so many bytes as a message. */
const planned = (name: string, bytes = 10) => ({ answer: { name }, bytes })

describe('a byte cache', () => {
  it('makes a value once, and gives the same object afterwards', async () => {
    const cache = createByteCache<{ name: string }>(10_000)
    const first = await cache.getOrMake('a', 'one', async () => planned('a'))
    expect(await cache.getOrMake('a', 'one', async () => planned('again'))).toBe(first)
    expect([cache.count(), cache.get('b')]).toEqual([1, undefined])
  })

  it('keeps what came twice, however many values come once', async () => {
    const cache = createByteCache<{ name: string }>(10_000)
    for (const _ of [1, 2]) await cache.getOrMake('used', 'one', async () => planned('used'))
    for (let i = 0; i < 1_000; i++) await cache.getOrMake(`once${i}`, 'one', async () => planned('once'))
    expect(cache.get('used')).toEqual({ name: 'used' })
    expect(cache.get('once0')).toBeUndefined()
  })

  it('keeps what it is told to, as if it had come twice', async () => {
    const cache = createByteCache<{ name: string }>(10_000)
    await cache.getOrMake('known', 'one', async () => planned('known'))
    cache.keep('known')
    cache.keep('unknown')
    for (let i = 0; i < 1_000; i++) await cache.getOrMake(`once${i}`, 'one', async () => planned('once'))
    expect([cache.get('known'), cache.get('unknown')]).toEqual([{ name: 'known' }, undefined])
  })

  it('makes a value once for all that ask for it at the same time', async () => {
    const cache = createByteCache<{ name: string }>(10_000)
    let made = 0
    const make = async () => {
      made += 1
      return planned('a')
    }
    const answers = await Promise.all(Array.from({ length: 8 }, () => cache.getOrMake('a', 'one', make)))
    expect([made, new Set(answers).size]).toEqual([1, 1])
  })

  it('lets nobody wait for a value that is made for another caller', async () => {
    const cache = createByteCache<{ name: string }>(10_000)
    const slow = Promise.withResolvers<{ answer: { name: string }; bytes: number }>()
    const first = cache.getOrMake('a', 'flood', () => slow.promise)
    expect(await cache.getOrMake('a', 'other', async () => planned('a'))).toEqual({ name: 'a' })
    slow.resolve(planned('late'))
    expect(await first).toEqual({ name: 'late' })
  })

  it('tries again for the next request if the first one fails', async () => {
    const cache = createByteCache<{ name: string }>(10_000)
    const failing = cache.getOrMake('a', 'one', async () => {
      throw new Error('budget')
    })
    const other = cache.getOrMake('a', 'one', async () => planned('a'))
    await expect(failing).rejects.toThrow('budget')
    expect(await other).toEqual({ name: 'a' })
  })

  it('never takes more bytes than it may, whatever comes', async () => {
    const uses = fc.array(fc.tuple(fc.nat({ max: 20 }), fc.integer({ min: 1, max: 2_000 })), { maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(uses, async (list) => {
        const cache = createByteCache<{ name: string }>(5_000)
        for (const [key, bytes] of list) {
          expect(await cache.getOrMake(String(key), 'one', async () => planned(String(key), bytes))).toEqual({
            name: String(key),
          })
          expect(cache.bytes()).toBeLessThanOrEqual(5_000)
        }
      }),
    )
  })
})
