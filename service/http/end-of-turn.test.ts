import { describe, expect, it } from 'vitest'
import { collectUntilEndOfTurn, endOfTurn } from './end-of-turn.ts'

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

describe('a list of what is handled at the end of a turn', () => {
  it('is handled in its order, and before a list that was begun later', async () => {
    const seen: string[] = []
    const answer = collectUntilEndOfTurn<string>((name) => void seen.push(`answer ${name}`))
    const ask = collectUntilEndOfTurn<string>((name) => void seen.push(`ask ${name}`))
    answer('1')
    ask('1')
    answer('2')
    await Promise.resolve()
    expect(seen).toEqual([])
    await endOfTurn()
    expect(seen).toEqual(['answer 1', 'answer 2', 'ask 1'])
  })

  it('waits for the next turn with what comes while it is handled', async () => {
    const seen: number[] = []
    const count = collectUntilEndOfTurn<number>((number) => {
      seen.push(number)
      if (number === 1) count(3)
    })
    count(1)
    count(2)
    await endOfTurn()
    expect(seen).toEqual([1, 2])
    await endOfTurn()
    expect(seen).toEqual([1, 2, 3])
  })
})
