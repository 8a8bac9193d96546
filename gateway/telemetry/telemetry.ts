/**
 * Traces and metrics for an OpenTelemetry collector, by OTLP over HTTP. The gateway loads this file only if a collector is configured.
 * They hold nothing that a client or a country says: a span has one of the gateway's paths, a country, a domain, and codes of the registry.
 */

import {
  DiagLogLevel,
  diag,
  type HrTime,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  ValueType,
} from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { emptyResource, resourceFromAttributes } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  MeterProvider,
  type MetricData,
  type MetricProducer,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Logger } from 'pino'
import type { Leg, SendLeg } from '../types/flow.ts'
import type { AnsweredRequest, ArrivingRequest, MetricReading } from '../types/front.ts'

/** How long one export may take, in milliseconds. A collector that hangs delays a stopping gateway no longer than this. */
const EXPORT_TIMEOUT_MS = 2_000

/** How often the gateway sends spans and metrics, in milliseconds. */
const SPANS_EVERY_MS = 2_000
const METRICS_EVERY_MS = 15_000

/** What {@link createTelemetry} works with. */
export interface TelemetryOptions {
  /** The collector's base URL: spans go to `/v1/traces` below it, metrics to `/v1/metrics`. */
  readonly endpoint: string
  /** Whether the gateway continues a trace that a client began. */
  readonly takesTraces: boolean
  /** The gateway's name: `service.instance.id`. */
  readonly name: string
  readonly version: string
  /** Returns all metrics with their values now. */
  readonly readMetrics: () => Promise<readonly MetricReading[]>
  readonly log: Logger
}

/** The telemetry of one gateway. */
export type Telemetry = ReturnType<typeof createTelemetry>

/** Begins to send. If the collector is not there, the only effect is a line in the operator's log. */
export function createTelemetry(options: TelemetryOptions) {
  logFailures(options.log)
  const { tracer, shutdown } = startProviders(options)
  const requests = new Map<string, Span>()
  const legs = new WeakMap<Leg, Span>()

  return {
    onArrival({ requestId, route, traceparent }: ArrivingRequest) {
      if (route !== '/graphql') return
      const remote = options.takesTraces ? parseTraceParent(traceparent) : null
      const parent = remote === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote)
      const attributes = { 'http.route': route }
      requests.set(requestId, tracer.startSpan(route, { kind: SpanKind.SERVER, attributes }, parent))
    },
    onAnswered({ requestId, status, code }: AnsweredRequest) {
      const span = requests.get(requestId)
      requests.delete(requestId)
      span?.setAttributes({ 'http.response.status_code': status, 'istmo.code': code })
      if (status >= 500) span?.setStatus({ code: SpanStatusCode.ERROR })
      span?.end()
    },
    /** Returns the trace id of a request in progress, 32 hexadecimal digits; null if it has none. */
    traceIdOf: (requestId: string) => requests.get(requestId)?.spanContext().traceId ?? null,
    /** Wraps `sendLeg` so that each leg of a traced request has a span. */
    traceLegs:
      (sendLeg: SendLeg): SendLeg =>
      async (leg, request) => {
        const parent = requests.get(request.requestId)
        if (parent === undefined) return sendLeg(leg, request)
        const span = tracer.startSpan('leg', { kind: SpanKind.CLIENT }, trace.setSpan(ROOT_CONTEXT, parent))
        legs.set(leg, span)
        const answer = await sendLeg(leg, request)
        const { reach, code } = answer.kind === 'failed' ? answer.outcome : { reach: 'ANSWERED', code: null }
        const place = { 'istmo.country': leg.country ?? '', 'istmo.domain': leg.domain }
        span.setAttributes({ ...place, 'istmo.reach': reach, 'istmo.code': code ?? 'NONE' })
        if (reach !== 'ANSWERED') span.setStatus({ code: SpanStatusCode.ERROR })
        span.end()
        return answer
      },
    /** Returns the headers that pass a leg's trace on to the country; none if the leg is not traced. */
    headersOf(leg: Leg) {
      const span = legs.get(leg)
      return span === undefined ? {} : { traceparent: printTraceParent(span.spanContext()) }
    },
    /** Sends the remaining spans and metrics, and stops. It ends soon even if the collector does not answer. Never rejects. */
    close: shutdown,
  }
}

function startProviders({ endpoint, name, version, readMetrics }: TelemetryOptions) {
  const resource = resourceFromAttributes({
    'service.name': 'istmo-gateway',
    'service.version': version,
    'service.instance.id': name,
  })
  const exporterFor = (signal: string) => ({
    url: `${endpoint.replace(/\/$/, '')}/v1/${signal}`,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  })
  const processor = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter(exporterFor('traces')),
    scheduledDelayMillis: SPANS_EVERY_MS,
    exportTimeoutMillis: EXPORT_TIMEOUT_MS,
  })
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter(exporterFor('metrics')),
    exportIntervalMillis: METRICS_EVERY_MS,
    exportTimeoutMillis: EXPORT_TIMEOUT_MS,
    metricProducers: [createMetricProducer(readMetrics)],
  })
  const tracers = new TracerProvider({ resource, spanProcessors: [processor] })
  const meters = new MeterProvider({ resource, readers: [reader] })
  const shutdown = async () => void (await Promise.allSettled([tracers.shutdown(), meters.shutdown()]))
  return { tracer: tracers.getTracer('istmo', version), shutdown }
}

/** Logs only that an export failed, because the SDK's messages may quote what a collector answered. */
function logFailures(log: Logger): void {
  const warn = (): void => log.warn('the collector did not accept traces or metrics')
  const ignore = (): void => undefined
  diag.setLogger(
    { error: warn, warn: ignore, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  )
}

/** W3C Trace Context, section 3.2: version, trace id, parent id, flags; a later version may have more after a dash. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** The flag which says that the caller records its part of the trace (section 3.2.2.5.1). */
const SAMPLED = 1

/** Parses a `traceparent` header and returns the span that it names; null if it is malformed and must be ignored (section 4.3). */
export function parseTraceParent(header: string | undefined): SpanContext | null {
  const [, version, traceId = '', spanId = '', flags = '', more] = TRACEPARENT.exec(header ?? '') ?? []
  if (version === undefined || (version === '00' && more !== undefined)) return null
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & SAMPLED, isRemote: true }
  return isSpanContextValid(context) ? context : null
}

/** Returns the `traceparent` header that passes a span on. */
export function printTraceParent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-0${traceFlags & SAMPLED}`
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
function toHistogramPoints(name: string, values: MetricReading['values'], reading: Reading): HistogramPoint[] {
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
