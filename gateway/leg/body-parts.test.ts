import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BodyParts } from './body-parts.ts'

const LEAST_RELEASED = 32_768
/** Parts like those of a socket: some are whole buffers that are given back, some are parts of others. */
const parts = fc.array(
  fc.record({
    length: fc.constantFrom(1, 7, LEAST_RELEASED, 65_536),
    isPart: fc.boolean(),
    sign: fc.integer({ min: 0, max: 255 }),
  }),
  { maxLength: 6 },
)

it('the body is its parts one after the other, whatever its head said of the length', () => {
  fc.assert(
    fc.property(parts, fc.constantFrom(-1, 0, 1, null), fc.nat(200_000), (described, difference, other) => {
      const all = described.map(({ length, isPart, sign }) => {
        const bytes = Buffer.alloc(length + (isPart ? 1 : 0), sign)
        return isPart ? bytes.subarray(1) : bytes
      })
      const expected = Buffer.concat(all)
      const body = new BodyParts(difference === null ? other : Math.max(0, expected.length + difference))
      for (const part of all) body.add(part)
      expect(body.size).toBe(expected.length)
      expect(body.bytes().equals(expected)).toBe(true)
    }),
  )
})

it('parts of a body whose length is known give their memory back when they came', () => {
  const all = [1, 2, 3].map((sign) => Buffer.alloc(65_536, sign))
  const body = new BodyParts(3 * 65_536)
  for (const part of all) body.add(part)
  expect(all.map(({ length }) => length)).toEqual([0, 0, 0])
})
