/**
 * Traces and metrics for an OpenTelemetry collector, by OTLP over HTTP. Loaded where a collector is configured alone. Nothing that
 * a client or a country says is in them: a span has a path of ours, a country, a domain, and codes of the registry.
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

/** How long one export may take, in milliseconds: a collector that hangs holds a stopping gateway no longer. */
const EXPORT_TIMEOUT_MS = 2_000

/** How often spans and metrics are sent, in milliseconds. */
const SPANS_EVERY_MS = 2_000
const METRICS_EVERY_MS = 15_000

/** What telemetry needs. */
export interface TelemetryOptions {
  /** The collector's base URL: spans go to `/v1/traces` below it, metrics to `/v1/metrics`. */
  readonly endpoint: string
  /** Whether a trace that a client began is gone on with. */
  readonly takesTraces: boolean
  /** The gateway's name: `service.instance.id`. */
  readonly name: string
  readonly version: string
  /** All metrics as they are now. */
  readonly readMetrics: () => Promise<readonly MetricReading[]>
  readonly log: Logger
}

/** A request as it comes in. `traceparent`: that header, as it came. */
export interface ArrivingRequest {
  readonly requestId: string
  readonly route: string
  readonly traceparent: string | undefined
}

/** A request as it was answered. */
export interface EndingRequest {
  readonly requestId: string
  readonly status: number
  readonly code: string
}

/** The telemetry of one gateway. */
export interface Telemetry {
  readonly onArrival: (request: ArrivingRequest) => void
  readonly onAnswered: (request: EndingRequest) => void
  /** The trace of a request under way, 32 hexadecimal digits; null where it has none. */
  readonly traceIdOf: (requestId: string) => string | null
  /** `sendLeg`, with a span for each leg of a request that has one. */
  readonly traceLegs: (sendLeg: SendLeg) => SendLeg
  /** The headers that hand a leg's trace on; none for a leg that is not traced. */
  readonly headersOf: (leg: Leg) => Readonly<Record<string, string>>
  /** Sends what is left and ends, soon also where the collector does not answer. Never rejects. */
  readonly close: () => Promise<void>
}

/** Begins to send. A collector that is not there costs a line in the log, and nothing else. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  tellOfFailures(options.log)
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

/** The SDK's words may quote what a collector answered; the log says that it failed. */
function tellOfFailures(log: Logger): void {
  const tell = (): void => log.warn('traces or metrics were not taken by the collector')
  const quiet = (): void => undefined
  diag.setLogger(
    { error: tell, warn: quiet, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  )
}
