import { expect, it } from 'vitest'
import { PATTERNS } from '../../../audit/index/search.ts'
import { PATTERN_THRESHOLDS } from './pattern-thresholds.ts'

it('knows the usage patterns and default thresholds of oversight', () => {
  const theirs = Object.entries(PATTERNS).map(([name, { threshold }]) => [name, threshold])
  expect(PATTERN_THRESHOLDS).toEqual(Object.fromEntries(theirs))
})
