import { describe, expect, it } from 'vitest'
import { formatLegSalt } from '../../contract/leg-salt.ts'
import { createLegSalts } from './leg-salts.ts'

const HOUR_MS = 3_600_000

/** Salts over a clock that tests set. */
function start(mostRemembered?: number) {
  let nowMs = 500_000 * HOUR_MS
  const salts = createLegSalts(() => nowMs, mostRemembered)
  const headers = (n: number) => ({ 'istmo-leg-salt': [formatLegSalt(Buffer.alloc(16, n))] })
  return {
    salts,
    take: (n: number) => salts.take(headers(n)),
    pass(ms: number) {
      nowMs += ms
    },
  }
}

describe('the salts that a node remembers', () => {
  it('are those of this hour and the hour before', () => {
    const { take, pass } = start()
    take(1)
    pass(1.5 * HOUR_MS)
    take(2)
    expect(() => take(1)).toThrow(expect.objectContaining({ code: 'LEG_SALT_REPEATED' }))
    pass(HOUR_MS)
    take(1)
    expect(() => take(2)).toThrow(expect.objectContaining({ code: 'LEG_SALT_REPEATED' }))
    pass(2 * HOUR_MS)
    expect([take(1), take(2)]).toHaveLength(2)
  })

  it('stay remembered if the clock is set back', () => {
    const { take, pass } = start()
    take(1)
    pass(-5 * HOUR_MS)
    expect(() => take(1)).toThrow(expect.objectContaining({ code: 'LEG_SALT_REPEATED' }))
  })

  it('are the latest ones if there are too many, within bounded memory', () => {
    const { take } = start(10)
    for (let n = 0; n < 25; n++) take(n)
    for (let n = 15; n < 25; n++) expect(() => take(n)).toThrow(expect.objectContaining({ code: 'LEG_SALT_REPEATED' }))
    expect(take(0)).toEqual(Buffer.alloc(16, 0))
  })

  it('are also those that the node was told of when it started', () => {
    const { salts, take } = start()
    salts.remember(Buffer.alloc(16, 9))
    expect(() => take(9)).toThrow(expect.objectContaining({ code: 'LEG_SALT_REPEATED' }))
  })

  it.each([
    ['LEG_SALT_MISSING', {}],
    ['LEG_SALT_NOT_VALID', { 'istmo-leg-salt': [''] }],
    ['LEG_SALT_NOT_VALID', { 'istmo-leg-salt': [1, 2].map((n) => formatLegSalt(Buffer.alloc(16, n))) }],
  ])('are taken from one valid header only: %s', (code, headers) => {
    expect(() => start().salts.take(headers)).toThrow(expect.objectContaining({ code }))
  })
})
