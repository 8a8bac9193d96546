import { expect, it } from 'vitest'
import { isShrinking } from './guards.ts'

it.each([
  [0, 0, false],
  [1, 1, true],
  [10, 9, false],
  [10, 10, true],
  [100, 10, false],
  [100, 11, true],
  [1_000, 100, false],
  [1_000, 101, true],
  [1_000, -5, false],
])('of %i rows, the loss of %i is too much: %s', (before, gone, is) => {
  expect(isShrinking({ before, gone })).toBe(is)
})
