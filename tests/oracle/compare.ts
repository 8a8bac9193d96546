import { expect } from 'vitest'
import type { FederatedAnswer } from './federation.ts'
import type { ExpectedAnswer } from './oracle.ts'

/** The engine stops at this many errors and adds ERRORS_CUT (docs/design/contract.md, What a failure does). */
const MAX_ERRORS = 100

/** Fails unless the answer is the one expected, in data, order of keys, errors and silent countries. */
export function expectSameAnswer({ legs: _, ...answer }: FederatedAnswer, expected: ExpectedAnswer): void {
  // As text, so that the order of keys counts.
  expect(JSON.stringify(answer.data, null, 1)).toBe(JSON.stringify(expected.data, null, 1))
  const isCut = expected.errors.length > MAX_ERRORS
  expect(answer).toEqual(isCut ? { ...expected, errors: expect.any(Array) } : expected)
}
