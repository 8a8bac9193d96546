/** The operator's server of a node: what its country's security officer watches. */
import { statfs } from 'node:fs/promises'
import type { Logger } from 'pino'
import { thumbprintOf } from '../../contract/trust/session-key.ts'
import { describeRules } from '../../service/audit-log/describe-rules.ts'
import { type CertificateEnd, showEnds } from '../../service/certificates/ends.ts'
import { formatOrigin } from '../../service/http/listen.ts'
import { createOperatorServer } from '../../service/http/operator-server.ts'
import { readVersion } from '../../service/version.ts'
import type { NodeAuditLog } from './audit-log/node-audit-log.ts'
import type { Backend } from './backend.ts'
import type { NodeConfig } from './config.ts'
import type { LegMeter } from './leg-meter.ts'
import type { GatewayKeys } from './leg-token.ts'
import type { LiveNodeKey } from './live-keys.ts'
import { METRICS_TYPE, type MetricSources, writeNodeMetrics } from './node-metrics.ts'
import { type CountryRules, hashRules } from './rules.ts'
import type { SuspendedLegs } from './suspended-legs.ts'

/** What the operator's server shows. */
export interface OperatorSources {
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
