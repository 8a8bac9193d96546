import fc from 'fast-check'
import { expect, it } from 'vitest'
import { takeFitting } from './core.ts'

const sum = (sizes: readonly number[]): number => sizes.reduce((all, size) => all + size, 0)

it('takes from a queue as many items as have room, one at least, and leaves the others in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9)), fc.nat(20), (sizes, room) => {
      const queue = [...sizes]
      const taken = takeFitting(queue, (size) => size, room)
      expect([...taken, ...queue]).toEqual(sizes)
      if (taken.length > 1) expect(sum(taken)).toBeLessThanOrEqual(room)
      const [next] = queue
      if (next === undefined) return
      expect(taken.length).toBeGreaterThan(0)
      expect(sum(taken) + next).toBeGreaterThan(room)
    }),
  )
})

it('takes nothing from an empty queue', () => {
  expect(takeFitting([], () => 1, 10)).toEqual([])
})
