/** What a node counts of its legs, for its operator. It holds nothing about a person, a caller or a record. */

import { statfs } from 'node:fs/promises'
import type { Logger } from 'pino'
import type { ErrorCode } from '../../contract/errors.ts'
import { getOrAdd } from '../../contract/get-or-add.ts'
import { thumbprintOf } from '../../contract/trust/session-key.ts'
import { describeRules } from '../../service/audit-log/describe-rules.ts'
import { type CertificateEnd, showEnds } from '../../service/certificates/ends.ts'
import { formatOrigin } from '../../service/http/listen.ts'
import { createOperatorServer } from '../../service/http/operator-server.ts'
import { readVersion } from '../../service/version.ts'
import type { AuditLogState, NodeAuditLog } from './audit-log/node-audit-log.ts'
import type { Backend, BackendState } from './backend.ts'
import type { NodeConfig } from './config.ts'
import type { GatewayKeys } from './leg-token.ts'
import type { LiveNodeKey } from './live-keys.ts'
import { type CountryRules, hashRules } from './rules.ts'
import type { SuspendedLegs, SuspensionStatus } from './suspended-legs.ts'

/** The bounds of the buckets of durations, in seconds: those of the gateway’s histograms. */
export const DURATION_BOUNDS_S: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16]

/** How many failures are remembered. */
const MAX_FAILURES = 20

/** How a leg ended: `NONE` if it was answered, else the code of its rejection. */
export type LegOutcome = ErrorCode | 'NONE'

/** A leg that was not answered. */
interface FailedLeg {
  /** RFC 3339. */
  readonly time: string
  readonly domain: string
  readonly code: ErrorCode
  /** The header `Istmo-Request-Id`, by which the gateway’s operator finds the request; null without one. */
  readonly requestId: string | null
}

/** The durations of the answered and rejected legs of one domain. */
interface Durations {
  /** How many legs are in each bucket of {@link DURATION_BOUNDS_S}, and above the last one; not cumulative. */
  readonly counts: readonly number[]
  /** In seconds. */
  readonly sum: number
}

/** The counts of a node’s legs since its start. */
export interface LegMeter {
  /** Notes the end of a leg. `seconds`: from its arrival to its answer. */
  readonly note: (leg: {
    readonly domain: string
    readonly outcome: LegOutcome
    readonly seconds: number
    readonly requestId: string | undefined
  }) => void
  /** How many legs of a domain ended in a way: rows of domain, outcome and number. */
  readonly outcomes: () => readonly (readonly [domain: string, outcome: LegOutcome, count: number])[]
  readonly durations: () => ReadonlyMap<string, Durations>
  /** The last failures, the newest first. */
  readonly failures: () => readonly FailedLeg[]
}

/** Creates a meter at zero. @param now returns milliseconds since the epoch. */
export function createLegMeter(now: () => number): LegMeter {
  const counts = new Map<string, Map<LegOutcome, number>>()
  const durations = new Map<string, { readonly counts: number[]; sum: number }>()
  const failures: FailedLeg[] = []
  return {
    note({ domain, outcome, seconds, requestId }) {
      const ofDomain = getOrAdd(counts, domain, () => new Map<LegOutcome, number>())
      ofDomain.set(outcome, (ofDomain.get(outcome) ?? 0) + 1)
      const times = getOrAdd(durations, domain, () => ({
        counts: Array.from({ length: DURATION_BOUNDS_S.length + 1 }, () => 0),
        sum: 0,
      }))
      const bound = DURATION_BOUNDS_S.findIndex((each) => seconds <= each)
      const at = bound === -1 ? DURATION_BOUNDS_S.length : bound
      times.counts[at] = (times.counts[at] ?? 0) + 1
      times.sum += seconds
      if (outcome === 'NONE') return
      failures.unshift({ time: new Date(now()).toISOString(), domain, code: outcome, requestId: requestId ?? null })
      failures.length = Math.min(failures.length, MAX_FAILURES)
    },
    outcomes: () =>
      [...counts].flatMap(([domain, of]) => [...of].map(([outcome, count]) => [domain, outcome, count] as const)),
    durations: () => durations,
    failures: () => failures,
  }
}

/** What a node counts, in Prometheus's text format. docs/operating.md has the table of it. */

/** Prometheus's text format, version 0.0.4. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** What the metrics are written from. */
interface MetricSources {
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
function writeNodeMetrics(sources: MetricSources): string {
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

/** The operator's server of a node: what its country's security officer watches. */

/** What the operator's server shows. */
interface OperatorSources {
  readonly rules: () => CountryRules
  readonly suspended: Pick<SuspendedLegs, 'status'>
  readonly ends: () => readonly CertificateEnd[]
  readonly legs: LegMeter
  readonly backend: Pick<Backend, 'state'>
  /** Null without an audit log. */
  readonly auditLog: Pick<NodeAuditLog, 'state'> | null
  readonly nodeKey: Pick<LiveNodeKey, 'current'>
  readonly gatewayKeys: Pick<GatewayKeys, 'ids'>
}

/** A running operator's server. */
export interface NodeOperator {
  /** `http://host:port`. */
  readonly url: string
  close(): Promise<void>
}

/** What the settings say of a node that its operator sees. */
type OperatorConfig = Pick<NodeConfig, 'country' | 'domains' | 'operatorListen' | 'auditLogDir'>

/** Opens the operator's server of a node; null if the settings name no address for it. Rejects if the address is taken. */
export async function openNodeOperator(
  config: OperatorConfig,
  sources: OperatorSources,
  log: Pick<Logger, 'info' | 'error'>,
): Promise<NodeOperator | null> {
  if (config.operatorListen === null) return null
  const startedAt = new Date().toISOString()
  const server = createOperatorServer({
    status: async () => ({ startedAt, ...(await showStatus(config, sources)) }),
    metrics: async () => ({ type: METRICS_TYPE, text: writeNodeMetrics(await readSources(config, sources)) }),
    log,
  })
  const { address, port } = await server.listen(config.operatorListen.host, config.operatorListen.port)
  const url = formatOrigin('http', address, port)
  log.info({ url }, 'the operator’s server listens')
  return { url, close: server.close }
}

async function readSources(config: OperatorConfig, sources: OperatorSources): Promise<MetricSources> {
  const { country, domains, auditLogDir } = config
  const { demands } = sources.rules().questions
  return {
    version: readVersion(),
    country,
    legs: sources.legs,
    now: Date.now(),
    questions: Object.fromEntries(domains.map((domain) => [domain, demands[domain]])),
    suspended: sources.suspended.status(),
    ends: sources.ends(),
    backend: await sources.backend.state(),
    auditLog: sources.auditLog?.state() ?? null,
    freeShare: auditLogDir === undefined ? null : await readFreeShare(auditLogDir),
  }
}

async function showStatus(config: OperatorConfig, sources: OperatorSources): Promise<object> {
  const read = await readSources(config, sources)
  const rules = sources.rules()
  const { version, country, questions, suspended, backend, auditLog, freeShare } = read
  return {
    version,
    country,
    questions,
    rules: { ...describeRules(rules.access, rules.sdl).hashes, file: hashRules(rules) },
    suspensions: suspended,
    certificates: showEnds(read.ends, read.now),
    legs: {
      outcomes: sources.legs.outcomes().map(([domain, code, count]) => ({ domain, code, count })),
      lastFailures: sources.legs.failures(),
    },
    database: backend,
    auditLog: auditLog === null ? null : { ...auditLog, diskFree: freeShare },
    keys: showKeys(sources),
  }
}

/** Shows which keys are in force: `istmo keys rotate` waits until a new one is. */
function showKeys({ nodeKey, gatewayKeys, auditLog }: OperatorSources): object {
  const own = nodeKey.current()
  return {
    nodeKey: own === null ? null : thumbprintOf(own.publicKey),
    refEpoch: auditLog?.state().refEpoch ?? null,
    gatewayKeys: gatewayKeys.ids(),
  }
}

async function readFreeShare(folder: string): Promise<number | null> {
  const found = await statfs(folder).catch(() => null)
  return found === null || found.blocks === 0 ? null : found.bavail / found.blocks
}
