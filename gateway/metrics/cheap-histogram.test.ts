import fc from 'fast-check'
import { Histogram, Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { createHistogram } from './cheap-histogram.ts'

const [name, help, bounds] = ['seconds', 'Seconds.', [0.1, 1, 10]]

it('a histogram exposes what one of prom-client exposes', async () => {
  const value = fc.oneof(
    fc.constantFrom(0, 0.1, 1, 10, 11, 0.30000000000000004),
    fc.double({ min: 0, max: 20, noNaN: true }),
  )
  const observed = fc.array(fc.record({ route: fc.constantFrom('/graphql', 'unknown', '"'), value }))
  await fc.assert(
    fc.asyncProperty(observed, async (values) => {
      const [ours, theirs] = [new Registry(), new Registry()]
      const observe = createHistogram({ name, help, bounds, registers: [ours] })
      const histogram = new Histogram({ name, help, buckets: bounds, labelNames: ['route'], registers: [theirs] })
      for (const { route, value } of values) {
        observe(route, { route }, value)
        histogram.observe({ route }, value)
      }
      expect(await ours.metrics()).toBe(await theirs.metrics())
      const read = async (registry: Registry) => JSON.parse(JSON.stringify(await registry.getMetricsAsJSON()))
      const expected = await read(theirs)
      for (const each of expected[0].values) delete each.exemplar
      expect(await read(ours)).toEqual(expected)
    }),
  )
})
