import { type HrTime, ValueType } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics'

/** A metric's values now, in the form of the metrics room: a histogram has its cumulative buckets, its sum and its count. */
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

/** The time range that a metric of the OpenTelemetry data model covers. */
interface Reading {
  readonly startTime: HrTime
  readonly endTime: HrTime
}

/**
 * Creates the source from which OpenTelemetry reads the metrics that `/metrics` shows, under the same names. So each thing is counted
 * only once.
 * @param now returns milliseconds since the epoch. The metrics count from its value at creation.
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
    return { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints: toHistogramPoints(name, values, reading) }
  }
  const dataPoints = values.map(({ value, labels }) => ({ ...reading, attributes: labels, value }))
  if (type === 'counter') return { ...base, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
  return { ...base, dataPointType: DataPointType.GAUGE, dataPoints }
}

type HistogramPoint = Extract<MetricData, { dataPointType: DataPointType.HISTOGRAM }>['dataPoints'][number]

/** Converts buckets: Prometheus counts all values up to a bound, OpenTelemetry those between a bound and the previous one. */
function toHistogramPoints(name: string, values: readonly MetricValue[], reading: Reading): HistogramPoint[] {
  const series = Map.groupBy(values, ({ labels: { le, ...labels } }) => JSON.stringify(labels))
  return [...series].map(([key, parts]): DataPoint<HistogramPoint['value']> => {
    const buckets = parts.filter(({ labels }) => labels.le !== undefined && labels.le !== '+Inf')
    const valueAt = (suffix: string): number =>
      parts.find(({ metricName }) => metricName === `${name}_${suffix}`)?.value ?? 0
    const cumulative = [...buckets.map(({ value }) => value), valueAt('count')]
    return {
      ...reading,
      attributes: JSON.parse(key) as Record<string, string>,
      value: {
        buckets: {
          boundaries: buckets.map(({ labels }) => Number(labels.le)),
          counts: cumulative.map((count, index) => count - (cumulative[index - 1] ?? 0)),
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
