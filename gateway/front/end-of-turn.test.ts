import { describe, expect, it } from 'vitest'
import { endOfTurn } from './end-of-turn.ts'

describe('the end of a turn', () => {
  it('comes after the microtasks of the turn, for all who wait in the order in which they came', async () => {
    const seen: string[] = []
    const wait = async (name: string): Promise<void> => {
      await endOfTurn()
      seen.push(name)
    }
    const first = wait('first')
    await Promise.resolve()
    seen.push('microtask')
    const second = wait('second')
    await Promise.all([first, second])
    expect(seen).toEqual(['microtask', 'first', 'second'])
  })

  it('comes again in the next turn', async () => {
    const first = endOfTurn()
    expect(endOfTurn()).toBe(first)
    await first
    const next = endOfTurn()
    expect(next).not.toBe(first)
    await next
  })
})
