/**
 * Traces and metrics for an OpenTelemetry collector, by OTLP over HTTP. The gateway loads this file only if a collector is configured.
 * They hold nothing that a client or a country says: a span has one of the gateway's paths, a country, a domain, and codes of the registry.
 */
import { DiagLogLevel, diag, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { Logger } from 'pino'
import type { Leg, SendLeg } from '../types/flow.ts'
import { createMetricProducer, type MetricReading } from './metric-producer.ts'
import { parseTraceParent, printTraceParent } from './trace-parent.ts'

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

/** A request that arrives. `traceparent`: that header, as it came. */
export interface ArrivingRequest {
  readonly requestId: string
  readonly route: string
  readonly traceparent: string | undefined
}

/** A request that was answered. */
export interface EndingRequest {
  readonly requestId: string
  readonly status: number
  readonly code: string
}

/** The telemetry of one gateway. */
export interface Telemetry {
  readonly onArrival: (request: ArrivingRequest) => void
  readonly onAnswered: (request: EndingRequest) => void
  /** Returns the trace id of a request in progress, 32 hexadecimal digits; null if it has none. */
  readonly traceIdOf: (requestId: string) => string | null
  /** Wraps `sendLeg` so that each leg of a traced request has a span. */
  readonly traceLegs: (sendLeg: SendLeg) => SendLeg
  /** Returns the headers that pass a leg's trace on to the country; none if the leg is not traced. */
  readonly headersOf: (leg: Leg) => Readonly<Record<string, string>>
  /** Sends the remaining spans and metrics, and stops. It ends soon even if the collector does not answer. Never rejects. */
  readonly close: () => Promise<void>
}

/** Begins to send. If the collector is not there, the only effect is a line in the operator's log. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  logFailures(options.log)
  const { tracer, shutdown } = startProviders(options)
  const requests = new Map<string, Span>()
  const legs = new WeakMap<Leg, Span>()

  return {
    onArrival({ requestId, route, traceparent }) {
      if (route !== '/graphql') return
      const remote = options.takesTraces ? parseTraceParent(traceparent) : null
      const parent = remote === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote)
      const attributes = { 'http.route': route }
      requests.set(requestId, tracer.startSpan(route, { kind: SpanKind.SERVER, attributes }, parent))
    },
    onAnswered({ requestId, status, code }) {
      const span = requests.get(requestId)
      requests.delete(requestId)
      span?.setAttributes({ 'http.response.status_code': status, 'istmo.code': code })
      if (status >= 500) span?.setStatus({ code: SpanStatusCode.ERROR })
      span?.end()
    },
    traceIdOf: (requestId) => requests.get(requestId)?.spanContext().traceId ?? null,
    traceLegs: (sendLeg) => async (leg, request) => {
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
    headersOf(leg) {
      const span = legs.get(leg)
      return span === undefined ? {} : { traceparent: printTraceParent(span.spanContext()) }
    },
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
