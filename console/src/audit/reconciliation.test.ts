import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CLASSES, type DifferenceClass } from '../../../auditors/reconcile/classes.ts'
import { groupByClass, layOut, type ReadDifference, readReconciliation } from './reconciliation.ts'

const NAMES = Object.keys(CLASSES) as DifferenceClass[]
const line = (name: string, time: string) =>
  JSON.stringify({ class: name, requestId: null, fields: [], key: 'k', what: 'expected this, came that', time })
const END = JSON.stringify({
  ...{ verdict: 'FAILS', country: 'GT', gateway: 'istmo.example/gateway', node: 'istmo.example/gt', matched: 3 },
  ...{ counts: {}, written: [] },
})

describe('the result of a comparison of two logs', () => {
  it('is read line by line, with the weight of each difference', () => {
    const text = `${line('COUNTRY_ONLY', '2026-11-24T20:00:00.000Z')}\n${line('OUTAGE', '1970-01-01T00:00:00.000Z')}\n${END}\n`
    const read = readReconciliation(text)
    expect(read).toMatchObject({ kind: 'READ', reconciliation: { matched: 3, country: 'GT', verdict: 'FAILS' } })
    const differences = read.kind === 'READ' ? read.reconciliation.differences : []
    expect(differences.map(({ weight, timeMs }) => [weight, timeMs])).toEqual([
      ['CONTRADICTS', Date.parse('2026-11-24T20:00:00Z')],
      ['EXPECTED', null],
    ])
    expect(groupByClass(differences.toReversed()).map((each) => each.class)).toEqual(['COUNTRY_ONLY', 'OUTAGE'])
  })

  it.each([
    ['a photo', '\u0001\u0002', 1],
    ['a file that ends early', `${line('OUTAGE', '2026-11-24T20:00:00.000Z')}\n`, 2],
    ['a class of a later version', `${line('OUTAGE', '2026-11-24')}\n${line('NEW', '2026-11-24')}\n${END}`, 2],
    ['the result of another command', '{"verdict":"HOLDS","entries":3}', 1],
  ])('is not %s', (_, text, at) => expect(readReconciliation(text)).toEqual({ kind: 'WRONG', line: at }))

  it('is laid out over time without losing a difference', () => {
    const difference = fc.record({
      class: fc.constantFrom(...NAMES),
      timeMs: fc.option(fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 })),
    })
    fc.assert(
      fc.property(fc.array(difference, { maxLength: 40 }), fc.integer({ min: 1, max: 50 }), (made, spans) => {
        const all = made.map(
          (each): ReadDifference => ({ ...each, weight: CLASSES[each.class].weight, requestId: null, what: '' }),
        )
        const timed = all.filter(({ timeMs }) => timeMs !== null)
        const picture = layOut(all, spans)
        expect(picture).toHaveLength(timed.length === 0 ? 0 : spans)
        for (const weight of ['CONTRADICTS', 'OPEN', 'EXPECTED'] as const) {
          const shown = picture.reduce((sum, { counts }) => sum + counts[weight], 0)
          expect(shown).toBe(timed.filter((each) => each.weight === weight).length)
        }
        for (const { timeMs } of timed) {
          const spansOfIt = picture.filter(({ fromMs, untilMs }) => fromMs <= (timeMs ?? 0) && (timeMs ?? 0) < untilMs)
          expect(spansOfIt).toHaveLength(1)
        }
      }),
    )
  })
})
