/**
 * How the demo starts each of its services as a child process. In the demo, only this file knows the command lines and the
 * environment variables of `istmo node` and `istmo gateway`.
 */
import { join } from 'node:path'
import { auditLogHomeIn } from '../audit-log/trust.ts'
import { AUTHORITIES, consoleAddress } from '../authority/authorities.ts'
import { demoCertificatesIn } from '../certificates.ts'
import { type DemoConfig, PROJECT_DIR } from '../config.ts'
import { issuerPort, operatorPort, oversightPort, WITNESS_NAMES, witnessPort } from '../countries.ts'
import { homeIn } from '../home.ts'
import { databaseOf } from './fill.ts'
import type { ServiceSpec } from './processes.ts'

const ISTMO = join(PROJECT_DIR, 'cli/istmo.ts')
/** The path at which a gateway and a node report that they are ready. */
const READY_PATH = '/health/ready'

/** Describes the process of each country's login provider and mandate authority. */
export function authorityServices(config: DemoConfig): readonly ServiceSpec[] {
  return AUTHORITIES.map(({ country }) => ({
    name: `authority-${country}`,
    args: [join(PROJECT_DIR, 'demo/authority/main.ts'), country],
    env: { PORT: String(config.port), ISTMO_HOME: config.home },
    readyUrl: localUrl(issuerPort(config.port, country), READY_PATH),
  }))
}

/** Describes the national node of `country`, which serves `domains` on `port`. */
export function nodeService(
  config: DemoConfig,
  country: string,
  domains: readonly string[],
  port: number,
): ServiceSpec {
  const { url, folder } = databaseOf(config, country)
  const home = homeIn(config.home)
  const record = auditLogHomeIn(home.auditLog)
  const { nodes } = demoCertificatesIn(home)
  return {
    name: country,
    args: [
      ...[ISTMO, 'node', '--country', country, '--domains', domains.join(','), '--port', String(port)],
      // The node reads the country's own copy. The gateway reads the published one.
      ...['--rules', join(home.nodes, `${country}.yaml`), '--development'],
    ],
    env: {
      DATABASE_URL: url,
      DATABASE_FOLDER: folder,
      LEG_JWKS_FILE: home.legJwks,
      MANDATES_FOLDER: home.mandates(country),
      NODE_KEY_FILE: home.nodeKey(country),
      SUSPENSIONS_DIR: home.suspensions(country),
      // Some shells export the machine's name in this variable, but the demo listens only on this machine.
      HOST: '127.0.0.1',
      CONTACT_POINT: `contact-point@${country.toLowerCase()}.example`,
      AUDIT_LOG_DIR: record.nodeAuditLog(country),
      AUDIT_LOG_KEY_FILE: record.nodeKey(country),
      AUDIT_LOG_REF_KEYS_FILE: record.nodeRefKeys(country),
      TRUST_POLICY_FILE: record.policy,
      TLS_CERT_FILE: nodes[country]?.cert ?? null,
      TLS_KEY_FILE: nodes[country]?.key ?? null,
      // The authority of the gateway's certificate. In the demo all have the same.
      TLS_CLIENT_CA_FILE: home.ca,
    },
    ca: home.ca,
    readyUrl: `https://127.0.0.1:${port}${READY_PATH}`,
  }
}

/**
 * Describes the witnesses of the audit logs. They know the gateway's log from the trust policy. In the demo they share one process, which
 * saves memory; in reality each runs at another party.
 */
export function witnessesService(config: DemoConfig): ServiceSpec {
  const record = auditLogHomeIn(homeIn(config.home).auditLog)
  return {
    name: 'witnesses',
    args: [ISTMO, 'witness', ...WITNESS_NAMES.flatMap((name) => ['--config', record.witnessConfig(name)])],
    env: {},
    readyUrl: localUrl(witnessPort(config.port, WITNESS_NAMES[WITNESS_NAMES.length - 1] ?? 'observer'), READY_PATH),
  }
}

/**
 * Describes the auditors' GraphQL over the logs of the gateway, of the countries and of their authorities. In the demo one process serves the auditors of
 * all countries; in reality each country runs its own.
 */
export function oversightService(config: DemoConfig): ServiceSpec {
  return {
    name: 'oversight',
    args: [ISTMO, 'oversight', '--config', auditLogHomeIn(homeIn(config.home).auditLog).oversightFile],
    env: {},
    readyUrl: localUrl(oversightPort(config.port), READY_PATH),
  }
}

/** Describes the gateway. `hasOperator`: whether its operator server runs, for `istmo probe` and `istmo doctor` of a country that was taken in. */
export function gatewayService(config: DemoConfig, { hasOperator }: { readonly hasOperator: boolean }): ServiceSpec {
  const consoles = AUTHORITIES.map(({ country }) => consoleAddress(config.port, country))
  const home = homeIn(config.home)
  const record = auditLogHomeIn(home.auditLog)
  const { gateway } = demoCertificatesIn(home)
  return {
    name: 'gateway',
    args: [
      ...[ISTMO, 'gateway', '--supergraph', join(PROJECT_DIR, 'supergraph.graphql'), '--port', String(config.port)],
      ...[
        '--countries',
        home.countries,
        '--issuers',
        home.issuers,
        '--landing',
        home.landing,
        '--graphiql',
        '--anonymous',
        '--development',
      ],
      // Nobody must use only these documents, so that README's questions can be asked too.
      ...['--documents', join(PROJECT_DIR, 'console/trusted-documents.json'), '--documents-mode', 'log'],
      ...['--cors-origin', [...consoles, ...config.corsOrigins].join(',')],
      ...(hasOperator ? ['--operator-listen', `127.0.0.1:${operatorPort(config.port)}`] : []),
    ],
    env: {
      LEG_KEY_FILE: home.legKey,
      CLIENT_CERT_FILE: gateway.cert,
      CLIENT_KEY_FILE: gateway.key,
      SUSPENSIONS_DIR: home.suspensions('gateway'),
      SUSPENDERS_FILE: home.suspenders,
      HOST: '127.0.0.1',
      AUDIT_LOG_DIR: record.gatewayAuditLog,
      AUDIT_LOG_KEY_FILE: record.gatewayKey,
      AUDIT_LOG_REF_KEYS_FILE: record.gatewayRefKeys,
      TRUST_POLICY_FILE: record.policy,
    },
    readyUrl: localUrl(config.port, READY_PATH),
  }
}

function localUrl(port: number, path: string): string {
  return `http://127.0.0.1:${port}${path}`
}
