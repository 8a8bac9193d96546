/**
 * A counter and a histogram that find their values by a key of the caller's, and not by a text of all labels, which costs prom-client several
 * microseconds for each value. They are read as those of prom-client.
 */
import { Counter, type Metric, type Registry } from 'prom-client'
import { getOrAdd } from '../../contract/get-or-add.ts'

/** What {@link createCounter} works with. */
export interface CounterOptions {
  readonly name: string
  readonly help: string
  readonly labelNames: readonly string[]
  readonly registers: Registry[]
}

/** Counts one under labels. The same labels always come with the same key. */
export type Count = (key: string, labels: Readonly<Record<string, string | number>>) => void

/** Creates a counter and registers it. */
export function createCounter({ name, help, labelNames, registers }: CounterOptions): Count {
  const byKey = new Map<string, { readonly labels: Parameters<Count>[1]; count: number }>()
  new Counter({
    ...{ name, help, labelNames, registers },
    collect() {
      for (const counted of byKey.values()) {
        this.inc({ ...counted.labels }, counted.count)
        counted.count = 0
      }
    },
  })
  return (key, labels) => {
    getOrAdd(byKey, key, () => ({ labels, count: 0 })).count += 1
  }
}

/** What {@link createHistogram} works with. `bounds`: the upper bounds of the buckets, rising. */
export interface HistogramOptions {
  readonly name: string
  readonly help: string
  readonly bounds: readonly number[]
  readonly registers: readonly Registry[]
}

/** Adds one value under labels. The same labels always come with the same key. */
export type Observe = (key: string, labels: Readonly<Record<string, string>>, value: number) => void

/** The values under one set of labels. */
interface Series {
  readonly labels: Readonly<Record<string, string>>
  /** How many values are in each bucket, and above the last one; not cumulative. */
  readonly counts: number[]
  sum: number
}

/** Creates a histogram and registers it. */
export function createHistogram({ name, help, bounds, registers }: HistogramOptions): Observe {
  const byKey = new Map<string, Series>()
  const read = () => [...byKey.values()].flatMap((series) => valuesOf(name, bounds, series))
  const metric = {
    ...{ name, help, type: 'histogram', aggregator: 'sum' },
    get: async () => ({ name, help, type: 'histogram', values: read(), aggregator: 'sum' }),
    reset: () => byKey.clear(),
  }
  for (const registry of registers) registry.registerMetric(metric as unknown as Metric)
  return (key, labels, value) => {
    const series = getOrAdd(byKey, key, () => {
      return { labels, counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 }
    })
    let at = 0
    while (at < bounds.length && value > (bounds[at] ?? 0)) at++
    series.counts[at] = (series.counts[at] ?? 0) + 1
    series.sum += value
  }
}

function valuesOf(name: string, bounds: readonly number[], { labels, counts, sum }: Series) {
  let count = 0
  const buckets = [...bounds, '+Inf'].map((le, at) => {
    count += counts[at] ?? 0
    return { labels: { le, ...labels }, value: count, metricName: `${name}_bucket` }
  })
  const total = { labels, value: sum, metricName: `${name}_sum` }
  return [...buckets, total, { labels, value: count, metricName: `${name}_count` }]
}
