import { type HrTime, ValueType } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics'

/** A metric as it is now, as the metrics room gives it: a histogram by its cumulated buckets, its sum and its count. */
export interface MetricReading {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly values: readonly MetricValue[]
}

interface MetricValue {
  readonly value: number
  readonly labels: Readonly<Record<string, string | number>>
  readonly metricName?: string
}

/** What a metric of the OpenTelemetry data model is made with. */
interface Reading {
  readonly startTime: HrTime
  readonly endTime: HrTime
}

/**
 * Gives the metrics that `/metrics` shows to OpenTelemetry, by the same names, since `startedAt`: what is counted is counted once.
 * @param now milliseconds since the epoch.
 */
export function createMetricProducer(
  read: () => Promise<readonly MetricReading[]>,
  now: () => number = Date.now,
): MetricProducer {
  const startTime = toHrTime(now())
  return {
    async collect() {
      const reading = { startTime, endTime: toHrTime(now()) }
      const metrics = (await read()).map((metric) => toMetricData(metric, reading))
      const scopeMetrics = [{ scope: { name: 'istmo' }, metrics }]
      return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors: [] }
    },
  }
}

function toMetricData({ name, help, type, values }: MetricReading, reading: Reading): MetricData {
  const base = {
    descriptor: { name, description: help, unit: name.endsWith('_seconds') ? 's' : '', valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  }
  if (type === 'histogram') {
    return { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints: histogramPoints(name, values, reading) }
  }
  const dataPoints = values.map(({ value, labels }) => ({ ...reading, attributes: labels, value }))
  if (type === 'counter') return { ...base, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
  return { ...base, dataPointType: DataPointType.GAUGE, dataPoints }
}

type HistogramPoint = Extract<MetricData, { dataPointType: DataPointType.HISTOGRAM }>['dataPoints'][number]

/** Prometheus's buckets hold all that is below their bound; OpenTelemetry's what is between theirs and the one before. */
function histogramPoints(name: string, values: readonly MetricValue[], reading: Reading): HistogramPoint[] {
  const series = Map.groupBy(values, ({ labels: { le, ...labels } }) => JSON.stringify(labels))
  return [...series].map(([key, parts]): DataPoint<HistogramPoint['value']> => {
    const buckets = parts.filter(({ labels }) => labels.le !== undefined && labels.le !== '+Inf')
    const valueAt = (suffix: string): number =>
      parts.find(({ metricName }) => metricName === `${name}_${suffix}`)?.value ?? 0
    const cumulated = [...buckets.map(({ value }) => value), valueAt('count')]
    return {
      ...reading,
      attributes: JSON.parse(key) as Record<string, string>,
      value: {
        buckets: {
          boundaries: buckets.map(({ labels }) => Number(labels.le)),
          counts: cumulated.map((count, index) => count - (cumulated[index - 1] ?? 0)),
        },
        sum: valueAt('sum'),
        count: valueAt('count'),
      },
    }
  })
}

function toHrTime(ms: number): HrTime {
  return [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1_000_000)]
}
