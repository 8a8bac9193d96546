import { DataPointType } from '@opentelemetry/sdk-metrics'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { expect, it } from 'vitest'
import type { MetricReading } from '../types/front.ts'
import { createMetricProducer } from './telemetry.ts'

async function collected(fill: (registers: Registry[]) => void) {
  const registry = new Registry()
  fill([registry])
  const read = async () => (await registry.getMetricsAsJSON()) as unknown as MetricReading[]
  let at = 1_700_000_000_500
  const producer = createMetricProducer(read, () => at)
  at += 60_000
  const { resourceMetrics } = await producer.collect()
  return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics)
}

const span = { startTime: [1_700_000_000, 500_000_000], endTime: [1_700_000_060, 500_000_000] }

it('converts a counter to a sum that only grows', async () => {
  const [metric] = await collected((registers) => {
    const counter = new Counter({ name: 'a_total', help: 'A.', labelNames: ['country'], registers })
    counter.inc({ country: 'GT' }, 3)
    counter.inc({ country: 'HN' })
  })
  expect(metric).toMatchObject({
    descriptor: { name: 'a_total', description: 'A.', unit: '' },
    dataPointType: DataPointType.SUM,
    isMonotonic: true,
    dataPoints: [
      { ...span, attributes: { country: 'GT' }, value: 3 },
      { ...span, attributes: { country: 'HN' }, value: 1 },
    ],
  })
})

it('converts a gauge to its last value', async () => {
  const [metric] = await collected((registers) => new Gauge({ name: 'a', help: 'A.', registers }).set(-7))
  expect(metric).toMatchObject({ dataPointType: DataPointType.GAUGE, dataPoints: [{ attributes: {}, value: -7 }] })
})

it('converts a histogram to the count in each bucket, not up to it', async () => {
  const [metric] = await collected((registers) => {
    const options = { name: 'a_seconds', help: 'A.', labelNames: ['route'], buckets: [1, 2, 4], registers }
    const histogram = new Histogram(options)
    for (const seconds of [0.5, 0.5, 1, 3, 9, 9]) histogram.observe({ route: '/a' }, seconds)
    histogram.observe({ route: '/b' }, 2)
  })
  expect(metric).toMatchObject({
    descriptor: { unit: 's' },
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: [
      {
        attributes: { route: '/a' },
        value: { buckets: { boundaries: [1, 2, 4], counts: [3, 0, 1, 2] }, sum: 23, count: 6 },
      },
      { attributes: { route: '/b' }, value: { buckets: { counts: [0, 1, 0, 0] }, sum: 2, count: 1 } },
    ],
  })
})
