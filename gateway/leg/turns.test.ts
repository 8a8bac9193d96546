import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createTurns } from './turns.ts'

describe('turns', () => {
  it('come one in each round of the event loop, in the order in which they were asked for', async () => {
    const takeTurn = createTurns()
    const events: string[] = []
    const rounds = { count: 0, isOver: false }
    const watch = (): void => {
      rounds.count += 1
      if (!rounds.isOver) setImmediate(watch)
    }
    setImmediate(watch)
    await Promise.all(
      ['a', 'b', 'c'].map(async (name) => {
        await takeTurn()
        events.push(`${name} in round ${rounds.count}`)
      }),
    )
    rounds.isOver = true
    expect(events.map((event) => event[0])).toEqual(['a', 'b', 'c'])
    expect(new Set(events.map((event) => event.slice(1))).size).toBe(3)
  })

  it('let a timer run between two pieces of work that come together', async () => {
    const takeTurn = createTurns()
    const events: string[] = []
    const block = (ms: number): void => {
      const until = performance.now() + ms
      while (performance.now() < until);
    }
    const work = async (name: string): Promise<void> => {
      await takeTurn()
      block(20)
      events.push(name)
    }
    await Promise.all([work('a'), work('b'), setTimeout(5).then(() => events.push('timer'))])
    expect(events).toEqual(['a', 'timer', 'b'])
  })
})
