import { expect, it } from 'vitest'
import { parseDuration } from './duration.ts'

it.each([
  ['PT4H', 14_400_000],
  ['P1DT2H3M4S', 93_784_000],
  ['PT0S', 0],
  ['P30D', 2_592_000_000],
  ['P', undefined],
  ['PT', undefined],
  ['P1DT', undefined],
  ['4H', undefined],
  ['PT1.5H', undefined],
  ['PT4H ', undefined],
])('reads the duration %s', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})
