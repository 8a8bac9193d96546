import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Outcome } from '../../contract/outcome.ts'
import { readWords } from '../../contract/read-words.ts'
import type { Leg, SendLeg } from '../types/flow.ts'
import type { AnsweredRequest, MetricReading } from '../types/front.ts'

/** The bounds of the latency histograms' buckets, in seconds: from a cached answer to the largest usual deadline. */
const LATENCY_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16]

interface Metric {
  readonly name: string
  readonly type: 'counter' | 'histogram' | 'gauge'
  readonly help: string
  readonly labels: readonly string[]
}

type MetricKey =
  | ('requests' | 'requestSeconds' | 'legs' | 'legSeconds' | 'reloads' | 'strangers' | 'planningRestarts' | 'planning')
  | ('breakers' | 'plansCached' | 'cachedBytes' | 'auditLogEntries' | 'auditLogWritable' | 'auditLogUnwitnessed')
  | 'certificateExpiry'

/** Each metric of the gateway, by key. docs/operating.md is generated from it. */
export const METRICS = readWords<Readonly<Record<MetricKey, Metric>>>(new URL('metrics.en.yaml', import.meta.url))

/** The state of the audit log now. */
export interface AuditLogReading {
  readonly entries: number
  readonly isWritable: boolean
  readonly unwitnessedSeconds: number
}

/** The breaker of a country's domain. */
export interface BreakerReading {
  readonly country: string
  readonly domain: string
  readonly state: keyof typeof BREAKER_VALUES
}

/** A certificate: what it is for, and when it ends in milliseconds since the epoch. */
export interface CertificateReading {
  readonly use: string
  readonly subject: string
  readonly notAfter: number
}

/** The functions that {@link Metrics} calls when somebody reads the metrics. */
export interface MetricSources {
  readonly breakers: () => readonly BreakerReading[]
  readonly plansCached: () => number
  readonly cachedBytes: () => number
  /** Returns null if the gateway has no audit log. */
  readonly auditLog: () => AuditLogReading | null
  /** Returns the certificates in use. */
  readonly certificates: () => readonly CertificateReading[]
}

const BREAKER_VALUES = { closed: 0, 'half-open': 1, open: 2 }

/** The gateway's metrics. They hold nothing about a person, a caller or a record. */
export type Metrics = ReturnType<typeof createMetrics>

/** Creates metrics for one gateway, all at zero. A process may have several. */
export function createMetrics(sources: MetricSources) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const counter = ({ name, help, labels }: Metric) => new Counter({ name, help, labelNames: labels, registers })
  const histogram = ({ name, help, labels }: Metric) =>
    new Histogram({ name, help, labelNames: labels, buckets: LATENCY_BUCKETS_S, registers })
  const requests = counter(METRICS.requests)
  const requestSeconds = histogram(METRICS.requestSeconds)
  const legs = counter(METRICS.legs)
  const legSeconds = histogram(METRICS.legSeconds)
  const reloads = counter(METRICS.reloads)
  const strangers = counter(METRICS.strangers)
  const planningRestarts = counter(METRICS.planningRestarts)
  const planning = counter(METRICS.planning)
  registerGauges(sources, registers)
  return {
    noteRequest({ route, status, code, seconds }: Omit<AnsweredRequest, 'requestId'>) {
      requests.inc({ route, status, code })
      requestSeconds.observe({ route }, seconds)
    },
    noteLeg: ({ country, domain }: Leg, { reach, code }: Outcome) =>
      legs.inc({ country: country ?? '', domain, reach, code: code ?? 'NONE' }),
    /** Wraps `sendLeg` so that it measures the time of each leg. */
    timeLegs:
      (sendLeg: SendLeg): SendLeg =>
      async (leg, request) => {
        const startedAt = performance.now()
        const answer = await sendLeg(leg, request)
        const { country, domain } = leg
        legSeconds.observe({ country: country ?? '', domain }, (performance.now() - startedAt) / 1_000)
        return answer
      },
    notePlanningRestart: (reason: 'DEADLINE' | 'MEMORY' | 'CRASH') => planningRestarts.inc({ reason }),
    notePlanning: (kind: 'read' | 'prepare' | 'plan' | 'introspect', isAhead: boolean) =>
      planning.inc({ kind, payer: isAhead ? 'ahead' : 'caller' }),
    noteReload: (result: 'served' | 'refused') => reloads.inc({ result }),
    /** Counts a document that passed although it is not listed. */
    noteUnlistedDocument: () => strangers.inc(),
    /** Returns all metrics in Prometheus's text format, with its media type. */
    expose: async () => ({ type: registry.contentType, text: await registry.metrics() }),
    /** Returns all metrics with their values now. */
    read: async () => (await registry.getMetricsAsJSON()) as unknown as readonly MetricReading[],
  }
}

/** Registers the gauges, whose values are read when somebody reads the metrics. */
function registerGauges(sources: MetricSources, registers: Registry[]): void {
  const gauge = ({ name, help, labels }: Metric, collect: (this: Gauge) => void) =>
    new Gauge({ name, help, labelNames: labels, registers, collect })
  gauge(METRICS.breakers, function collect() {
    // A country that left the folder no longer has a breaker.
    this.reset()
    for (const { country, domain, state } of sources.breakers()) this.set({ country, domain }, BREAKER_VALUES[state])
  })
  const number = (metric: Metric, read: () => number) =>
    gauge(metric, function collect() {
      this.set(read())
    })
  number(METRICS.plansCached, sources.plansCached)
  number(METRICS.cachedBytes, sources.cachedBytes)
  number(METRICS.auditLogEntries, () => sources.auditLog()?.entries ?? 0)
  number(METRICS.auditLogWritable, () => Number(sources.auditLog()?.isWritable ?? false))
  number(METRICS.auditLogUnwitnessed, () => sources.auditLog()?.unwitnessedSeconds ?? 0)
  gauge(METRICS.certificateExpiry, function collect() {
    // A renewed or removed certificate is not shown any more.
    this.reset()
    for (const { use, subject, notAfter } of sources.certificates())
      this.set({ use, subject }, Math.round((notAfter - Date.now()) / 1_000))
  })
}
