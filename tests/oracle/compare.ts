import { expect } from 'vitest'
import type { FederatedAnswer } from './federation.ts'
import type { ExpectedAnswer } from './oracle.ts'

/** The engine reports at most this many errors, then adds ERRORS_CUT (docs/design/contract.md, What a failure does). */
const MAX_ERRORS = 100

/** Fails unless the answer equals the expected one in data, order of keys, errors and silent countries. */
export function expectSameAnswer({ legs: _, ...answer }: FederatedAnswer, expected: ExpectedAnswer): void {
  // Compares texts, so that the order of keys matters.
  expect(JSON.stringify(answer.data, null, 1)).toBe(JSON.stringify(expected.data, null, 1))
  const isCut = expected.errors.length > MAX_ERRORS
  expect(answer).toEqual(isCut ? { ...expected, errors: expect.any(Array) } : expected)
}
