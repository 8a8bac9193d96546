import { describe, expect, it } from 'vitest'
import { createBoundedCache } from './bounded-cache.ts'

describe('a bounded cache', () => {
  it('forgets what was least lately used beyond its limit', () => {
    const cache = createBoundedCache<number>(2)
    cache.set('a', 1)
    cache.set('b', 2)
    cache.get('a')
    cache.set('c', 3)
    expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.size()]).toEqual([1, undefined, 3, 2])
  })

  it('forgets what is over, from the oldest to the first that is not', () => {
    const cache = createBoundedCache<number>(9)
    for (const [key, value] of [
      ['a', 1],
      ['b', 1],
      ['c', 5],
      ['d', 1],
    ] as const)
      cache.set(key, value)
    cache.forgetWhile((value) => value < 5)
    expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.get('d')]).toEqual([undefined, undefined, 5, 1])
  })
})
