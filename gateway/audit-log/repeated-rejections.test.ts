import { describe, expect, it } from 'vitest'
import type { Trail } from '../types/flow.ts'
import type { EndedRequest } from '../types/request-log.ts'
import { type CountedRejections, createRepeatedRejections } from './repeated.ts'
import { CALLER, contextWith, emptyTrail } from './testing.ts'

const OTHER = { ...CALLER, subject: 'other' }
const FOREIGN = { ...CALLER, issuer: 'https://id.hn.example' }

function rejected(code = 'RATE_LIMITED', caller: typeof CALLER | null = CALLER, trail: Trail = emptyTrail()) {
  return { context: contextWith(trail, caller), codes: [code] } satisfies Pick<EndedRequest, 'context' | 'codes'>
}

function collect() {
  const written: CountedRejections[] = []
  const state = { nowMs: 60_000, isBroken: false }
  const write = async (rejections: CountedRejections): Promise<void> => {
    if (state.isBroken) throw new Error('disk full')
    written.push(rejections)
  }
  return { written, state, rejections: createRepeatedRejections(write, () => state.nowMs) }
}

describe('rejections of a caller who sends too much', () => {
  it('need entries of their own at first, and then one count for the rest of the minute', async () => {
    const { written, state, rejections } = collect()
    const isCounted = Array.from({ length: 1_000 }, () => rejections.count(rejected()))
    expect(isCounted.map((each, at) => each === at >= 5)).not.toContain(false)
    await rejections.flush()
    expect(written).toEqual([])
    state.nowMs = 120_000
    expect(rejections.count(rejected())).toBe(false)
    await rejections.flush()
    expect(written).toEqual([{ caller: CALLER, code: 'RATE_LIMITED', minute: '1970-01-01T00:01:00.000Z', count: 995 }])
  })

  it('are counted for each caller and code', async () => {
    const { written, rejections } = collect()
    for (let time = 0; time < 7; time++) {
      for (const each of [
        ...[rejected(), rejected('TOO_MANY_IN_FLIGHT')],
        ...[OTHER, FOREIGN].map((caller) => rejected('RATE_LIMITED', caller)),
      ])
        expect(rejections.count(each)).toBe(time >= 5)
    }
    await rejections.flush(true)
    expect(written.map(({ caller, code, count }) => [caller, code, count])).toEqual([
      [CALLER, 'RATE_LIMITED', 2],
      [CALLER, 'TOO_MANY_IN_FLIGHT', 2],
      [OTHER, 'RATE_LIMITED', 2],
      [FOREIGN, 'RATE_LIMITED', 2],
    ])
  })

  it.each([
    ['has another code', rejected('LIMIT_EXCEEDED')],
    ['has no known caller', rejected('RATE_LIMITED', null)],
    [
      'came after the gateway had asked a country',
      rejected('RATE_LIMITED', CALLER, {
        ...emptyTrail(),
        legs: [
          { country: 'HN', domain: 'cases', outcome: { reach: 'DENIED', code: 'COUNTRY_RATE_LIMITED' }, leg: null },
        ],
      } as Trail),
    ],
    [
      'came after the gateway knew what was asked',
      rejected('PLANNING_BUDGET_SPENT', CALLER, { ...emptyTrail(), operation: {} as Trail['operation'] }),
    ],
    [
      'came after the gateway had sent a leg',
      rejected('RATE_LIMITED', CALLER, { ...emptyTrail(), sent: new Map([[{}, {}]]) as unknown as Trail['sent'] }),
    ],
    ['is an answer with several errors', { ...rejected(), codes: ['RATE_LIMITED', 'BAD_ANSWER'] }],
  ])('are not counted if the rejection %s', async (_, each) => {
    const { written, rejections } = collect()
    for (let time = 0; time < 20; time++) expect(rejections.count(each)).toBe(false)
    await rejections.flush(true)
    expect(written).toEqual([])
  })

  it('stay counted until their entry can be written', async () => {
    const { written, state, rejections } = collect()
    for (let time = 0; time < 9; time++) rejections.count(rejected())
    state.isBroken = true
    state.nowMs = 120_000
    await expect(rejections.flush()).rejects.toThrow('disk full')
    state.isBroken = false
    await rejections.flush()
    await rejections.flush(true)
    expect(written.map(({ minute, count }) => [minute, count])).toEqual([['1970-01-01T00:01:00.000Z', 4]])
  })

  it('are all counted if more come while a count cannot be written', async () => {
    const { written, state, rejections } = collect()
    for (let time = 0; time < 9; time++) rejections.count(rejected())
    state.isBroken = true
    const flushing = rejections.flush(true)
    for (let time = 0; time < 7; time++) rejections.count(rejected())
    await expect(flushing).rejects.toThrow('disk full')
    state.isBroken = false
    await rejections.flush(true)
    expect(written.map(({ count }) => count)).toEqual([6])
  })

  it('of ever new callers fill no memory: those beyond the limit need entries of their own', async () => {
    const { written, rejections } = collect()
    const flood = (subject: string, times: number): boolean[] =>
      Array.from({ length: times }, () => rejections.count(rejected('RATE_LIMITED', { ...CALLER, subject })))
    for (let at = 0; at < 10_000; at++) flood(String(at), 1)
    expect(flood('one too many', 50)).not.toContain(true)
    expect(flood('0', 6).filter((isCounted) => isCounted)).toHaveLength(2)
    await rejections.flush(true)
    expect(written).toHaveLength(1)
  })
})
