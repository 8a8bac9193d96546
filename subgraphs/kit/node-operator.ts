/** The operator's server of a node: what its country's security officer watches. */
import type { Logger } from 'pino'
import { type CertificateEnd, showEnds } from '../../service/certificates/ends.ts'
import { formatOrigin } from '../../service/http/listen.ts'
import { createOperatorServer } from '../../service/http/operator-server.ts'
import { readVersion } from '../../service/version.ts'
import type { NodeConfig } from './config.ts'
import type { CountryRules } from './rules.ts'
import type { SuspendedLegs } from './suspended-legs.ts'

/** What the operator's server shows. */
export interface OperatorSources {
  readonly rules: () => CountryRules
  readonly suspended: Pick<SuspendedLegs, 'status'>
  readonly ends: () => readonly CertificateEnd[]
}

/** A running operator's server. */
export interface NodeOperator {
  /** `http://host:port`. */
  readonly url: string
  close(): Promise<void>
}

/** Opens the operator's server of a node; null if the settings name no address for it. Rejects if the address is taken. */
export async function openNodeOperator(
  { country, domains, operatorListen }: Pick<NodeConfig, 'country' | 'domains' | 'operatorListen'>,
  sources: OperatorSources,
  log: Pick<Logger, 'info' | 'error'>,
): Promise<NodeOperator | null> {
  if (operatorListen === null) return null
  const questions = () =>
    Object.fromEntries(domains.map((domain) => [domain, sources.rules().questions.demands[domain]]))
  const server = createOperatorServer({
    status: () => ({
      ...{ version: readVersion(), country, questions: questions() },
      suspensions: sources.suspended.status(),
      certificates: showEnds(sources.ends(), Date.now()),
    }),
    metrics: async () => ({ type: METRICS_TYPE, text: writeMetrics(questions(), sources, Date.now()) }),
    log,
  })
  const { address, port } = await server.listen(operatorListen.host, operatorListen.port)
  const url = formatOrigin('http', address, port)
  log.info({ url }, 'the operator’s server listens')
  return { url, close: server.close }
}

/** Prometheus's text format, version 0.0.4. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** A value with its labels. */
type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

function writeMetrics(
  questions: Readonly<Record<string, string>>,
  { suspended, ends }: OperatorSources,
  nowMs: number,
): string {
  const { inForce, feeds } = suspended.status()
  const byKind = Map.groupBy(inForce, ({ kind }) => kind)
  return [
    gauge(
      'istmo_node_suspensions',
      'How many suspensions are in force, by what they name.',
      [...byKind].map(([kind, all]): Sample => [{ kind }, all.length]),
    ),
    gauge(
      'istmo_node_authority_silent',
      'Whether an authority says nothing of what it revoked (1).',
      feeds.map(({ name, isSilent }): Sample => [{ authority: name }, Number(isSilent)]),
    ),
    gauge(
      'istmo_node_questions_unsigned',
      'Whether a domain takes questions that nobody signed (1).',
      Object.entries(questions).map(([domain, demand]): Sample => [{ domain }, Number(demand === 'any')]),
    ),
    gauge(
      'istmo_certificate_expiry_seconds',
      'How many seconds are left until a certificate ends.',
      ends().map(({ use, subject, notAfter }): Sample => [{ use, subject }, Math.floor((notAfter - nowMs) / 1_000)]),
    ),
  ].join('')
}

function gauge(name: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(([labels, value]) => {
    const shown = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`)
    return `${name}{${shown.join(',')}} ${value}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`
}

function escapeLabel(text: string): string {
  return text.replace(/[\\"\n]/g, (one) => (one === '\n' ? '\\n' : `\\${one}`))
}
