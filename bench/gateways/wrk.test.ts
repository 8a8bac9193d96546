import { describe, expect, it } from 'vitest'
import { readFigures } from './wrk.ts'

const FIGURES = {
  requests: 50,
  durationUs: 10_000_000,
  bytes: 5_000,
  failed: 0,
  refused: 0,
  p50Us: 1_500,
  p99Us: 20_000,
}

describe('the figures of wrk', () => {
  it('become requests a second, bytes of an answer, and milliseconds', () => {
    const load = readFigures(JSON.stringify(FIGURES))
    expect(load).toEqual({ perSecond: 5, requests: 50, bytesEach: 100, p50Ms: 1.5, p99Ms: 20 })
  })

  it.each([{ refused: 1 }, { failed: 1 }])('are refused with %j', (over) => {
    expect(() => readFigures(JSON.stringify({ ...FIGURES, ...over }))).toThrow('expected answers with status 200')
  })
})
