import { describe, expect, it } from 'vitest'
import { createReplayCache } from './dpop-proof.ts'

describe('a replay cache', () => {
  it('distinguishes the first use from each later one until its time is over', async () => {
    let now = 0
    const store = createReplayCache(() => now)
    const uses = await Promise.all(['a', 'b', 'a', 'a'].map((id) => store.noteFirstUse(id, 65)))
    expect(uses).toEqual([true, true, false, false])
    now = 64
    expect(await store.noteFirstUse('a', 129)).toBe(false)
    now = 65
    expect(await store.noteFirstUse('a', 130)).toBe(true)
  })

  it('that is full drops nothing before its time, and accepts nothing new', async () => {
    let now = 0
    const store = createReplayCache(() => now, 2)
    for (const id of ['a', 'b']) expect(await store.noteFirstUse(id, 65)).toBe(true)
    for (const id of ['c', 'a', 'b']) expect(await store.noteFirstUse(id, 65)).toBe(false)
    now = 65
    expect(await store.noteFirstUse('c', 130)).toBe(true)
  })
})
