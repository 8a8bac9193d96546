import { describe, expect, it } from 'vitest'
import { checkVariables } from './admission.ts'
import { NO_LIMITS } from './testing.ts'

describe('variables', () => {
  it.each([
    ['variables', 0, {}],
    ['variables', 0, undefined],
    ['variables', 4, { a: 1, b: [2, 3] }],
    ['variableCharacters', 5, { ab: 'cd', e: 1 }],
    ['variableDepth', 2, { a: [{}] }],
    ['variableDepth', 0, { a: 1 }],
  ] as const)('at the limit are accepted: %s of %i', (name, limit, variables) => {
    const check = (allowed: number) => (): void => checkVariables(variables, { ...NO_LIMITS, [name]: allowed })
    expect(check(limit)).not.toThrow()
    if (limit > 0) expect(check(limit - 1)).toThrow(`at most ${limit - 1} `)
  })

  it.each([
    ['many values', { a: Array.from({ length: 100_000 }, () => 1) }, { variables: 100 }, 'came 100001'],
    ['a long text', { a: 'x'.repeat(100_000) }, { variableCharacters: 100 }, 'came 100001'],
    ['a long name', { ['x'.repeat(101)]: 1 }, { variableCharacters: 100 }, 'came 101'],
    ['a depth that would break a recursive walk', deep(100_000), { variableDepth: 10 }, 'came 11'],
  ] as const)('are rejected for %s', (_, variables, limits, message) => {
    expect(() => checkVariables(variables, { ...NO_LIMITS, ...limits })).toThrow(message)
  })
})

function deep(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = [value]
  return { a: value }
}
