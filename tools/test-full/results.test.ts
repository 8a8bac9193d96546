import { describe, expect, it } from 'vitest'
import { PARTS } from './parts.ts'
import { formatPage, parseResults, type Result, withResult } from './results.ts'

const FUZZ: Result = {
  date: '2026-01-31',
  commit: 'abc1234+',
  part: 'fuzz',
  cases: 300_000,
  result: 'passed',
  seconds: 3_601,
}
const SOAK: Result = { ...FUZZ, commit: 'abc1234', part: 'soak', cases: 60, result: 'failed' }

describe('the page of the full tests', () => {
  it('can be read back', () => {
    expect(parseResults(formatPage(PARTS, [FUZZ, SOAK]))).toEqual([FUZZ, SOAK])
  })

  it('keeps the newest result of each part', () => {
    const newer: Result = { ...FUZZ, date: '2026-02-01', result: 'failed' }
    expect(withResult([FUZZ, SOAK], newer)).toEqual([SOAK, newer])
  })

  it('drops the results of a part that was removed', () => {
    expect(parseResults(formatPage([], [FUZZ]))).toEqual([])
  })
})

describe('the parts', () => {
  it('have different names', () => {
    expect(new Set(PARTS.map(({ name }) => name)).size).toBe(PARTS.length)
  })
})
