import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { doRegularly, lookRegularly } from './regular-work.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Work that counts its beginnings and ends when it is told. */
function heldWork() {
  const held = { begun: 0, ended: 0, end: () => {} }
  const work = async (): Promise<void> => {
    held.begun++
    await new Promise<void>((resolve) => {
      held.end = resolve
    })
    held.ended++
  }
  return { held, work }
}

const settle = () => vi.advanceTimersByTimeAsync(0)

describe('regular work', () => {
  it('is done once each time, and whoever asks meanwhile waits for the same turn', async () => {
    const { held, work } = heldWork()
    const regular = doRegularly(work, 100)
    await vi.advanceTimersByTimeAsync(350)
    expect(held.begun).toBe(1)
    const asked = regular.run()
    held.end()
    await asked
    expect(held).toMatchObject({ begun: 1, ended: 1 })
    await vi.advanceTimersByTimeAsync(100)
    expect(held.begun).toBe(2)
    const closed = regular.close()
    held.end()
    await closed
    await vi.advanceTimersByTimeAsync(1_000)
    expect(held).toMatchObject({ begun: 2, ended: 2 })
  })
})

describe('a regular look', () => {
  it('begins anew for whoever asks while one is under way', async () => {
    const { held, work } = heldWork()
    const regular = lookRegularly({ look: work, everyMs: 1_000, onFailure: () => {} })
    const first = regular.run()
    const second = regular.run()
    await settle()
    expect(held.begun).toBe(1)
    held.end()
    await first
    await settle()
    expect(held.begun).toBe(2)
    held.end()
    await second
    await regular.close()
  })

  it('tells the first of several failures, and goes on', async () => {
    const failures: unknown[] = []
    let left = [new Error('first'), new Error('second'), null, new Error('third')]
    const look = async (): Promise<void> => {
      const [next, ...rest] = left
      left = rest
      if (next) throw next
    }
    const regular = lookRegularly({ look, everyMs: 10, onFailure: (error) => failures.push((error as Error).message) })
    await vi.advanceTimersByTimeAsync(40)
    expect(failures).toEqual(['first', 'third'])
    await regular.close()
  })
})
