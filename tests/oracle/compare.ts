import { expect } from 'vitest'
import { MAX_ERRORS } from '../../contract/max-errors.ts'
import type { FederatedAnswer } from './federation.ts'
import type { ExpectedAnswer } from './oracle.ts'

const isCutLine = (line = ''): boolean => line.startsWith('ERRORS_CUT ')

/** Fails unless the answer equals the expected one in data, order of keys, errors and silent countries. */
export function expectSameAnswer({ legs: _, ...answer }: FederatedAnswer, expected: ExpectedAnswer): void {
  // Compares texts, so that the order of keys matters.
  expect(JSON.stringify(answer.data, null, 1)).toBe(JSON.stringify(expected.data, null, 1))
  const isCut = expected.errors.length > MAX_ERRORS
  expect(answer).toEqual(isCut ? { ...expected, errors: expect.any(Array) } : expected)
  if (!isCut) return
  const [cut, ...shown] = answer.errors.toSorted((a, b) => Number(isCutLine(b)) - Number(isCutLine(a)))
  expect([isCutLine(cut), shown.length]).toEqual([true, MAX_ERRORS])
  expect(shown.filter((line) => !expected.errors.includes(line))).toEqual([])
}
