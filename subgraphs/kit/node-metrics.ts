import type { CertificateEnd } from '../../service/certificates/ends.ts'
import type { AuditLogState } from './audit-log/node-audit-log.ts'
import type { BackendState } from './backend.ts'
import { DURATION_BOUNDS_S, type LegMeter } from './leg-meter.ts'
import type { SuspensionStatus } from './suspended-legs.ts'

/** What a node counts, in Prometheus's text format. docs/operating.md has the table of it. */

/** Prometheus's text format, version 0.0.4. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** What the metrics are written from. */
export interface MetricSources {
  readonly version: string
  readonly country: string
  readonly questions: Readonly<Record<string, string>>
  readonly suspended: SuspensionStatus
  readonly ends: readonly CertificateEnd[]
  readonly legs: Pick<LegMeter, 'outcomes' | 'durations'>
  readonly backend: BackendState
  /** Null without an audit log. */
  readonly auditLog: AuditLogState | null
  /** The share of the disk of the audit log that is free; null if it is not known. */
  readonly freeShare: number | null
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** A value with its labels. */
type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

/** Writes all metrics of a node. */
export function writeNodeMetrics(sources: MetricSources): string {
  return [...describeNode(sources), ...describeLegs(sources.legs), ...describeStores(sources)].join('')
}

function describeNode({ version, country, questions, suspended, ends, now }: MetricSources): readonly string[] {
  const byKind = Map.groupBy(suspended.inForce, ({ kind }) => kind)
  return [
    gauge('istmo_node_info', 'The version of the node, and its country.', [[{ version, country }, 1]]),
    gauge(
      'istmo_node_suspensions',
      'How many suspensions are in force, by what they name.',
      [...byKind].map(([kind, all]): Sample => [{ kind }, all.length]),
    ),
    gauge(
      'istmo_node_authority_silent',
      'Whether an authority says nothing of what it revoked (1).',
      suspended.feeds.map(({ name, isSilent }): Sample => [{ authority: name }, Number(isSilent)]),
    ),
    gauge(
      'istmo_node_questions_unsigned',
      'Whether a domain takes questions that nobody signed (1).',
      Object.entries(questions).map(([domain, demand]): Sample => [{ domain }, Number(demand === 'any')]),
    ),
    gauge(
      'istmo_certificate_expiry_seconds',
      'How many seconds are left until a certificate ends.',
      ends.map(({ use, subject, notAfter }): Sample => [{ use, subject }, Math.floor((notAfter - now) / 1_000)]),
    ),
  ]
}

function describeLegs({ outcomes, durations }: Pick<LegMeter, 'outcomes' | 'durations'>): readonly string[] {
  return [
    write(
      'istmo_node_legs_total',
      'counter',
      'Legs by domain and by the code of their rejection (NONE: answered).',
      outcomes().map(([domain, code, count]) => ['', { domain, code }, count]),
    ),
    write(
      'istmo_node_leg_duration_seconds',
      'histogram',
      'Seconds from a leg’s arrival to its answer.',
      [...durations()].flatMap(([domain, { counts, sum }]) => bucketsOf(domain, counts, sum)),
    ),
  ]
}

function bucketsOf(domain: string, counts: readonly number[], sum: number): readonly Row[] {
  let total = 0
  const buckets = counts.map((count, at): Row => {
    total += count
    return ['_bucket', { domain, le: at < DURATION_BOUNDS_S.length ? String(DURATION_BOUNDS_S[at]) : '+Inf' }, total]
  })
  return [...buckets, ['_sum', { domain }, sum], ['_count', { domain }, total]]
}

function describeStores({ backend, auditLog, freeShare, now }: MetricSources): readonly string[] {
  const { connections, problems, lastImports } = backend
  const pool = connections === null ? [] : Object.entries(connections)
  return [
    gauge(
      'istmo_node_database_connections',
      'Connections to the PostgreSQL server by state, and legs that wait for one.',
      pool.map(([state, count]): Sample => [{ state }, count]),
    ),
    gauge(
      'istmo_node_domain_ready',
      'Whether the tables of a domain are in order (1), so that it answers.',
      Object.entries(problems).map(([domain, problem]): Sample => [{ domain }, Number(problem === null)]),
    ),
    gauge(
      'istmo_node_last_import_seconds',
      'Seconds since rows last came from a source, by the name of the import.',
      lastImports.map(({ name, at }): Sample => [{ import: name }, Math.round((now - Date.parse(at)) / 1_000)]),
    ),
    ...(auditLog === null ? [] : describeLog(auditLog, freeShare)),
  ]
}

function describeLog({ entries, published, isWritable }: AuditLogState, freeShare: number | null): readonly string[] {
  return [
    gauge('istmo_audit_log_entries', 'Entries in the audit log.', [[{}, entries]]),
    gauge('istmo_audit_log_published', 'Entries in the checkpoint of the audit log that readers see.', [
      [{}, published],
    ]),
    gauge(
      'istmo_audit_log_writable',
      '1 while the audit log can be written; 0 while it cannot, and the node answers no leg.',
      [[{}, Number(isWritable)]],
    ),
    gauge(
      'istmo_audit_log_disk_free_ratio',
      'The share of the disk of the audit log that is free, from 0 to 1.',
      freeShare === null ? [] : [[{}, freeShare]],
    ),
  ]
}

/** A line of a metric: the suffix of its name, its labels, and its value. */
type Row = readonly [suffix: string, labels: Readonly<Record<string, string>>, value: number]

function gauge(name: string, help: string, samples: readonly Sample[]): string {
  return write(
    name,
    'gauge',
    help,
    samples.map(([labels, value]) => ['', labels, value]),
  )
}

function write(name: string, type: string, help: string, rows: readonly Row[]): string {
  const lines = rows.map(([suffix, labels, value]) => {
    const shown = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
    return `${name}${suffix}${shown.length === 0 ? '' : `{${shown.join(',')}}`} ${value}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function escapeLabel(text: string): string {
  return text.replace(/[\\"\n]/g, (one) => (one === '\n' ? '\\n' : `\\${one}`))
}
