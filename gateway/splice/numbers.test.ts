import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LONG, Numbers } from './numbers.ts'

const numbers = fc.integer({ min: -1, max: 2 ** 31 - 1 })

it('a list has each number that was added, at its place, however long it gets', () => {
  fc.assert(
    fc.property(
      fc.array(numbers, { minLength: 1, maxLength: 9 }),
      fc.integer({ min: 0, max: 20 * LONG }),
      (some, count) => {
        const list = new Numbers()
        const expected = Array.from({ length: count }, (_, at) => some[at % some.length] as number)
        for (const each of expected) list.push(each)
        expect(list.length).toBe(count)
        expect(Array.from({ length: count + 5 }, (_, at) => list.at(at))).toEqual([
          ...expected,
          ...Array(5).fill(undefined),
        ])
        expect(list.at(-1)).toBeUndefined()
      },
    ),
    { numRuns: 30 },
  )
})

it.each([LONG - 1, LONG, LONG + 1, 4 * LONG, 4 * LONG + 1])('a list of %s numbers is whole', (count) => {
  const list = new Numbers()
  for (let at = 0; at < count; at++) list.push(7 * at)
  expect(Array.from({ length: count + 1 }, (_, at) => list.at(at))).toEqual([
    ...Array.from({ length: count }, (_, at) => 7 * at),
    undefined,
  ])
})
