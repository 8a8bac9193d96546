import { describe, expect, it } from 'vitest'
import { iccsLevel, iccsParent } from './iccs.ts'

describe('a code of the classification', () => {
  it.each([
    ['02', 1, null],
    ['0204', 2, '02'],
    ['02041', 3, '0204'],
    ['020411', 4, '02041'],
    ['020', null, '02'],
    ['0', null, null],
  ] as const)('%s has the level %s and is below %s', (code, level, parent) => {
    expect([iccsLevel(code), iccsParent(code)]).toEqual([level, parent])
  })
})
