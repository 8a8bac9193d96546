/** The gateway's settings. Only this file of the gateway reads the environment. */
import type { Logger } from 'pino'
import type { Sharding } from '../../audit/shards/period.ts'
import { type Issuer, MAX_LIFETIME_S, STANDARD_CLAIMS, TOKEN_ALGORITHMS } from '../../service/authenticate/issuer.ts'
import { ConfigError } from '../../service/config-error.ts'
import { warnOfMisspelt } from '../../service/misspelt-variables.ts'
import { readSettings, type SettingsOf } from '../../service/setting.ts'
import { LIMIT_SETTINGS, toLimitConfig } from './limit-settings.ts'
import { listGroupErrors } from './setting-groups.ts'
import { GATEWAY_SETTINGS, type GatewayFlags, OWN_SETTINGS } from './settings.ts'

/** The gateway's settings, frozen. Times are in milliseconds. What may be missing is null. */
export type GatewayConfig = Readonly<ReturnType<typeof toConfig>> & ReturnType<typeof toLimitConfig>

/** One of several workers: `number` counts from 1 to `of`. */
export interface WorkerNumber {
  readonly number: number
  readonly of: number
}

/** Where the audit log is, and its keys and trust policy. */
export interface AuditLogFiles {
  readonly folder: string
  /** File with the signer key of the log's checkpoints; its name is the log's origin. */
  readonly key: string
  /** File with the keys of the pseudonyms. */
  readonly refKeys: string
  /** How often the log begins a new shard. The default is `none`. */
  readonly sharding?: Sharding
  /** File with the trust policy that names the witnesses; null: the gateway asks none. */
  readonly policy: string | null
  /** The worker whose log it is: the log's name ends with its number. Absent: the only process of the gateway. */
  readonly worker?: WorkerNumber
}

/** The files with the TLS key and certificates, in PEM. */
export interface TlsFiles {
  readonly key: string
  readonly cert: string
  /** The authorities whose client certificates the gateway trusts; null: it asks for no client certificate. */
  readonly clientCa: string | null
}

type Settings = SettingsOf<typeof OWN_SETTINGS>

/**
 * Reads the gateway's settings from its flags and the environment.
 * @throws {ConfigError} if settings are wrong. The message has a line for each of them, with the flag and the variable, what was expected,
 * what came, and the remedy.
 */
export function readGatewayConfig(
  flags: GatewayFlags,
  env: Readonly<Record<string, string | undefined>> = process.env,
): GatewayConfig {
  const { given, values, wrong } = readSettings(OWN_SETTINGS, flags, env)
  const limits = readSettings(LIMIT_SETTINGS, flags, env)
  const lines = [...wrong, ...limits.wrong, ...listGroupErrors(given)]
  if (values === null || limits.values === null || lines.length > 0) throw new ConfigError(lines.join('\n'))
  return Object.freeze({ ...toLimitConfig(limits.values), ...toConfig(values) })
}

/** Warns of variables whose names are almost those of the gateway's settings. */
export function warnOfMisspeltSettings(
  log: Pick<Logger, 'warn'>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): void {
  const known = Object.values(GATEWAY_SETTINGS).map(({ variable }) => variable)
  warnOfMisspelt(known, env, log)
}

function toConfig(settings: Settings) {
  return {
    supergraphFile: settings.supergraph,
    workers: settings.workers,
    /** Which of the workers this process is; null in their parent, and where there is only one process. */
    worker: null as WorkerNumber | null,
    host: settings.host,
    port: settings.port,
    /** Null: no country takes part, and the gateway asks each subgraph at the supergraph's URL. */
    countriesFolder: settings.countries ?? null,
    /** The issuer that the flags name; empty if `issuersFile` names the issuers. */
    issuers: toIssuers(settings),
    issuersFile: settings.issuers ?? null,
    publicUrl: settings.publicUrl,
    tls: toTls(settings),
    clientTls: toClientTls(settings),
    anonymous: settings.anonymous,
    accessMode: settings.accessMode,
    /** Null: the page at `/` says nothing of who runs the gateway. */
    landingFile: settings.landing ?? null,
    graphiql: settings.graphiql,
    metrics: settings.metrics,
    operatorListen: settings.operatorListen,
    probesPrivateAddresses: settings.probePrivateAddresses,
    development: settings.development,
    isFast: settings.fast,
    corsOrigins: settings.corsOrigin,
    requestDeadlineMs: settings.requestDeadline,
    drainMs: settings.drain,
    legDeadlineMs: settings.legDeadline,
    maxAnswerBytes: settings.maxAnswerBytes,
    legKeyFile: settings.legKey ?? null,
    gatewayName: settings.name,
    logLevel: settings.logLevel,
    otlpEndpoint: settings.otlpEndpoint,
    takesTraces: settings.traceContext,
    suspensionsFolder: settings.suspensions ?? null,
    suspendersFile: settings.suspenders ?? null,
    auditLogFiles: toAuditLogFiles(settings),
  }
}

/** Reads the issuer that three settings name together; none if the settings name a file of issuers, or no issuer. */
function toIssuers({ jwks, issuer, audience, tokenType, ...settings }: Settings): readonly Issuer[] {
  if (jwks === undefined || issuer === undefined || audience === undefined) return []
  const { policyClaim } = settings
  const policies = policyClaim === undefined ? null : `/${policyClaim.replaceAll('~', '~0').replaceAll('/', '~1')}`
  const claims = { ...STANDARD_CLAIMS, policies }
  const standard = { algorithms: TOKEN_ALGORITHMS, claims, maxLifetimeS: MAX_LIFETIME_S }
  return [{ jwks, issuer, audience, country: settings.issuerCountry ?? null, tokenType, ...standard }]
}

function toTls({ tlsKey: key, tlsCert: cert, tlsClientCa }: Settings): TlsFiles | null {
  if (key === undefined || cert === undefined) return null
  return Object.freeze({ key, cert, clientCa: tlsClientCa ?? null })
}

function toClientTls({ clientKey: key, clientCert: cert }: Settings): Pick<TlsFiles, 'key' | 'cert'> | null {
  return key === undefined || cert === undefined ? null : Object.freeze({ key, cert })
}

function toAuditLogFiles(settings: Settings): AuditLogFiles | null {
  const {
    auditLogDir: folder,
    auditLogKey: key,
    auditLogRefKeys: refKeys,
    auditLogShards: sharding,
    trustPolicy,
  } = settings
  if (folder === undefined || key === undefined || refKeys === undefined) return null
  return Object.freeze({ folder, key, refKeys, sharding, policy: trustPolicy ?? null })
}
