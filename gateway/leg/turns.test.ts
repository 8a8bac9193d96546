import { describe, expect, it } from 'vitest'
import { aCaller, aContext } from '../testing.ts'
import { createTurns } from './turns.ts'

const REQUEST = aContext()

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
        await takeTurn(REQUEST, 'first')
        events.push(`${name} in round ${rounds.count}`)
      }),
    )
    rounds.isOver = true
    expect(events.map((event) => event[0])).toEqual(['a', 'b', 'c'])
    expect(new Set(events.map((event) => event.slice(1))).size).toBe(3)
  })

  it('let others run between two pieces of work that come together', async () => {
    const takeTurn = createTurns()
    const events: string[] = []
    const work = async (name: string): Promise<void> => {
      await takeTurn(REQUEST, 'first')
      events.push(name)
      // Belongs to the same turn, because it waits for nothing outside.
      await Promise.resolve()
      events.push(`${name} goes on`)
      setImmediate(() => events.push(`others after ${name}`))
    }
    await Promise.all([work('a'), work('b')])
    expect(events).toEqual(['a', 'a goes on', 'others after a', 'b', 'b goes on'])
  })

  it('pause after a long one for twice its time, and after a short one not at all', async () => {
    let now = 0
    const pauses: number[] = []
    const takeTurn = createTurns({ now: () => now, pause: async (ms) => void pauses.push(ms) })
    const durations = [7, 8, 30, 1]
    await Promise.all(
      durations.map(async (ms) => {
        await takeTurn(REQUEST, 'first')
        await Promise.resolve()
        now += ms
      }),
    )
    await takeTurn(REQUEST, 'first')
    expect(pauses).toEqual([16, 60])
  })

  it('of one caller with many do not come before the only one of another', async () => {
    const takeTurn = createTurns()
    const events: string[] = []
    const work = async (subject: string): Promise<void> => {
      await takeTurn(aContext({ caller: aCaller({ subject }) }), 'first')
      events.push(subject)
    }
    await Promise.all(['many', 'many', 'many', 'many', 'one'].map(work))
    // The first turn began, and another of its caller waited, before the other caller came.
    expect(events).toEqual(['many', 'many', 'one', 'many', 'many'])
  })

  it('finish what was begun before they begin the next', async () => {
    const takeTurn = createTurns()
    const events: string[] = []
    const work = async (name: string): Promise<void> => {
      await takeTurn(REQUEST, 'first')
      events.push(`${name} read`)
      await takeTurn(REQUEST, 'next')
      events.push(`${name} checked`)
    }
    await Promise.all([work('a'), work('b'), work('c')])
    expect(events).toEqual(['a read', 'a checked', 'b read', 'b checked', 'c read', 'c checked'])
  })
})
