import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { ErrorCode } from '../../contract/errors.ts'
import type { Outcome } from '../../contract/outcome.ts'
import type { Leg, SendLeg } from '../types/flow.ts'

/** The bounds of the latency histograms' buckets, in seconds: from a cached answer to the largest usual deadline. */
const LATENCY_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16]

/** One metric: its name, what it counts, and its labels. docs/operating.md is generated from this table. */
interface Metric {
  readonly name: string
  readonly type: 'counter' | 'histogram' | 'gauge'
  readonly help: string
  /** Each label has few values, which come from the configuration or from the code, never from a request. */
  readonly labels: readonly string[]
}

/** Each metric of the gateway, by key. prom-client adds those of the process, `process_*` and `nodejs_*`. */
export const METRICS = {
  requests: {
    name: 'istmo_requests_total',
    type: 'counter',
    help: 'Requests by path, HTTP status, and the code of the rejection (NONE: not rejected; HANGUP: the client disconnected).',
    labels: ['route', 'status', 'code'],
  },
  requestSeconds: {
    name: 'istmo_request_duration_seconds',
    type: 'histogram',
    help: 'Seconds from a request’s arrival to its answer.',
    labels: ['route'],
  },
  legs: {
    name: 'istmo_legs_total',
    type: 'counter',
    help: 'Legs by country, domain and outcome, except those whose client disconnected. A subgraph that no country publishes has no country.',
    labels: ['country', 'domain', 'reach', 'code'],
  },
  legSeconds: {
    name: 'istmo_leg_duration_seconds',
    type: 'histogram',
    help: 'Seconds from a leg’s start to its answer or failure.',
    labels: ['country', 'domain'],
  },
  reloads: {
    name: 'istmo_graph_reloads_total',
    type: 'counter',
    help: 'Changes of the supergraph or of countries, by whether the gateway served or rejected them.',
    labels: ['result'],
  },
  strangers: {
    name: 'istmo_documents_not_listed_total',
    type: 'counter',
    help: 'Documents that were accepted although they are not on the list of trusted documents (`--documents-mode log`).',
    labels: [],
  },
  planningRestarts: {
    name: 'istmo_planning_restarts_total',
    type: 'counter',
    help: 'Planning threads that were ended, by reason: DEADLINE and MEMORY (`--planning-…`), CRASH.',
    labels: ['reason'],
  },
  planning: {
    name: 'istmo_planning_jobs_total',
    type: 'counter',
    help: 'Jobs of the planning thread, by kind and by who waits for them: a caller, or nobody (ahead), because the gateway plans a known operation before it is asked.',
    labels: ['kind', 'payer'],
  },
  breakers: {
    name: 'istmo_breaker_state',
    type: 'gauge',
    help: 'Circuit breaker of each country and domain: 0 closed, 1 half-open (one leg tries), 2 open (not asked).',
    labels: ['country', 'domain'],
  },
  plansCached: {
    name: 'istmo_plans_cached',
    type: 'gauge',
    help: 'Plans in the cache, for operations that come again.',
    labels: [],
  },
  cachedBytes: {
    name: 'istmo_cached_bytes',
    type: 'gauge',
    help: 'About how many bytes of memory documents and plans take in the caches (`--cache-memory`).',
    labels: [],
  },
  auditLogEntries: {
    name: 'istmo_audit_log_entries',
    type: 'gauge',
    help: 'Entries in the audit log.',
    labels: [],
  },
  auditLogWritable: {
    name: 'istmo_audit_log_writable',
    type: 'gauge',
    help: '1 while the audit log can be written; 0 while it cannot, and the gateway answers no request.',
    labels: [],
  },
  auditLogUnwitnessed: {
    name: 'istmo_audit_log_unwitnessed_seconds',
    type: 'gauge',
    help: 'Seconds since the audit log had been without a quorum of witnesses for a minute; 0 before, while nothing new was written, or if the trust policy asks for none.',
    labels: [],
  },
  certificateExpiry: {
    name: 'istmo_certificate_expiry_seconds',
    type: 'gauge',
    help: 'Seconds until a certificate ends, by what it is for and its subject; negative after its end.',
    labels: ['use', 'subject'],
  },
} as const satisfies Record<string, Metric>

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

/** A request that was answered. `route`: the path, or `unknown`. `code`: see {@link METRICS}. */
export interface AnsweredRequest {
  readonly route: string
  readonly status: number
  readonly code: ErrorCode | 'NONE' | 'HANGUP'
  readonly seconds: number
}

/** The gateway's metrics. They hold nothing about a person, a caller or a record. */
export interface Metrics {
  readonly noteRequest: (request: AnsweredRequest) => void
  readonly noteLeg: (leg: Leg, outcome: Outcome) => void
  /** Wraps `sendLeg` so that it measures the time of each leg. */
  readonly timeLegs: (sendLeg: SendLeg) => SendLeg
  readonly notePlanningRestart: (reason: 'DEADLINE' | 'MEMORY' | 'CRASH') => void
  readonly notePlanning: (kind: 'read' | 'prepare' | 'plan' | 'introspect', isAhead: boolean) => void
  readonly noteReload: (result: 'served' | 'refused') => void
  /** Counts a document that passed although it is not listed. */
  readonly noteUnlistedDocument: () => void
  /** Returns all metrics in Prometheus's text format, with its media type. */
  readonly expose: () => Promise<{ readonly type: string; readonly text: string }>
  /** Returns all metrics with their values now. */
  readonly read: () => Promise<readonly MetricReading[]>
}

/** A metric's values now. Those of a histogram are its cumulative buckets, its sum and its count, by `metricName` and the label `le`. */
export interface MetricReading {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly values: readonly {
    readonly value: number
    readonly labels: Readonly<Record<string, string | number>>
    readonly metricName?: string
  }[]
}

/** Creates metrics for one gateway, all at zero. A process may have several. */
export function createMetrics(sources: MetricSources): Metrics {
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
    noteRequest({ route, status, code, seconds }) {
      requests.inc({ route, status, code })
      requestSeconds.observe({ route }, seconds)
    },
    noteLeg: ({ country, domain }, { reach, code }) =>
      legs.inc({ country: country ?? '', domain, reach, code: code ?? 'NONE' }),
    timeLegs: (sendLeg) => async (leg, request) => {
      const startedAt = performance.now()
      const answer = await sendLeg(leg, request)
      const { country, domain } = leg
      legSeconds.observe({ country: country ?? '', domain }, (performance.now() - startedAt) / 1_000)
      return answer
    },
    notePlanningRestart: (reason) => planningRestarts.inc({ reason }),
    notePlanning: (kind, isAhead) => planning.inc({ kind, payer: isAhead ? 'ahead' : 'caller' }),
    noteReload: (result) => reloads.inc({ result }),
    noteUnlistedDocument: () => strangers.inc(),
    expose: async () => ({ type: registry.contentType, text: await registry.metrics() }),
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
  gauge(METRICS.plansCached, function collect() {
    this.set(sources.plansCached())
  })
  gauge(METRICS.cachedBytes, function collect() {
    this.set(sources.cachedBytes())
  })
  gauge(METRICS.auditLogEntries, function collect() {
    this.set(sources.auditLog()?.entries ?? 0)
  })
  gauge(METRICS.auditLogWritable, function collect() {
    this.set(Number(sources.auditLog()?.isWritable ?? false))
  })
  gauge(METRICS.auditLogUnwitnessed, function collect() {
    this.set(sources.auditLog()?.unwitnessedSeconds ?? 0)
  })
  gauge(METRICS.certificateExpiry, function collect() {
    // A renewed or removed certificate is not shown any more.
    this.reset()
    for (const { use, subject, notAfter } of sources.certificates())
      this.set({ use, subject }, Math.round((notAfter - Date.now()) / 1_000))
  })
}
