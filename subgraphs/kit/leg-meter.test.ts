import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createLegMeter, DURATION_BOUNDS_S, type LegOutcome } from './node-operator.ts'

const leg = fc.record({
  domain: fc.constantFrom('cases', 'legal'),
  outcome: fc.constantFrom<LegOutcome>('NONE', 'LEG_DEADLINE', 'TOKEN_EXPIRED'),
  seconds: fc.oneof(fc.double({ min: 0, max: 20, noNaN: true }), fc.constantFrom(...DURATION_BOUNDS_S)),
  requestId: fc.option(fc.string(), { nil: undefined }),
})

it('counts each leg once, by outcome and by duration, and remembers the last failures', () => {
  fc.assert(
    fc.property(fc.array(leg, { maxLength: 60 }), (legs) => {
      const meter = createLegMeter(() => 0)
      for (const each of legs) meter.note(each)
      for (const domain of ['cases', 'legal']) {
        const own = legs.filter((each) => each.domain === domain)
        const times = meter.durations().get(domain)
        expect(times?.counts.reduce((sum, count) => sum + count, 0) ?? 0).toBe(own.length)
        for (const [at, bound] of DURATION_BOUNDS_S.entries()) {
          const below = times?.counts.slice(0, at + 1).reduce((sum, count) => sum + count, 0) ?? 0
          expect(below).toBe(own.filter(({ seconds }) => seconds <= bound).length)
        }
        for (const outcome of ['NONE', 'LEG_DEADLINE', 'TOKEN_EXPIRED']) {
          const found = meter.outcomes().find(([of, code]) => of === domain && code === outcome)?.[2] ?? 0
          expect(found).toBe(own.filter((each) => each.outcome === outcome).length)
        }
      }
      const failed = legs.filter(({ outcome }) => outcome !== 'NONE').reverse()
      expect(meter.failures().map(({ code, requestId }) => [code, requestId])).toEqual(
        failed.slice(0, 20).map(({ outcome, requestId }) => [outcome, requestId ?? null]),
      )
    }),
  )
})
