/** The gateway's settings. Only this file of the gateway reads the environment. */
import { z } from 'zod'
import { SHARDINGS, type Sharding } from '../../audit/shards/period.ts'
import { MAX_WORKERS } from '../../contract/audit-log/gateway-entries.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { isSafeKeySetLocation } from '../../service/addresses.ts'
import { type Issuer, MAX_LIFETIME_S, STANDARD_CLAIMS, TOKEN_ALGORITHMS } from '../../service/authenticate/issuer.ts'
import type { OptionSpec } from '../../service/command-spec.ts'
import { ConfigError } from '../../service/config-error.ts'
import { toListenAddress } from '../../service/listen-address.ts'
import { MAX_DRAIN_MS } from '../../service/stop-on-signals.ts'
import type { AccessMode } from '../types/flow.ts'
import { type LimitConfig, limitShape, toLimitConfig } from './limit-settings.ts'
import { LOG_LEVELS, type LogLevel } from './logger.ts'
import { type GivenSettings, listGroupErrors } from './setting-groups.ts'
import { GATEWAY_SETTINGS, type GatewayFlags, type SettingKey } from './settings.ts'

/** The gateway's settings, frozen. Times are in milliseconds. */
export interface GatewayConfig extends LimitConfig {
  /** File of the composed supergraph. */
  readonly supergraphFile: string
  /** How many processes answer requests. */
  readonly workers: number
  /** Which of them this process is; null in their parent, and where there is only one process. */
  readonly worker: WorkerNumber | null
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** Folder with one file per participant; null: no country takes part, and the gateway asks each subgraph at the supergraph's URL. */
  readonly countriesFolder: string | null
  /** The issuer that the flags name; empty if `issuersFile` names the issuers. */
  readonly issuers: readonly Issuer[]
  /** File that names the issuers; null: the flags name them. */
  readonly issuersFile: string | null
  /** The address under which callers reach the gateway, without a slash at its end; null: the address that it listens on. */
  readonly publicUrl: string | null
  /** The files for TLS, in PEM; null: plain HTTP. */
  readonly tls: TlsFiles | null
  /** The files of the certificate that the gateway shows to nodes and authorities; null: it shows none. */
  readonly clientTls: Pick<TlsFiles, 'key' | 'cert'> | null
  /** Whether the gateway accepts requests without a token. */
  readonly anonymous: boolean
  /** What the gateway does with an operation if it denies a part of it. */
  readonly accessMode: AccessMode
  /** Whether the gateway serves GraphiQL at `/`. */
  readonly graphiql: boolean
  /** Where the operator's server listens; null: it opens none. */
  readonly operatorListen: { readonly host: string; readonly port: number } | null
  /** Whether `POST /probe` may go to addresses of private networks. */
  readonly probesPrivateAddresses: boolean
  /** Whether the gateway starts although its configuration is not safe for real records. */
  readonly development: boolean
  /** Whether the operator's server serves `/metrics`. */
  readonly metrics: boolean
  /** The origins whose pages may read answers. */
  readonly corsOrigins: readonly string[]
  /** How long a request may take from its arrival to its answer. */
  readonly requestDeadlineMs: number
  /** How long the gateway answers on after a signal, while it says that it is not ready. */
  readonly drainMs: number
  /** How long a leg may take, if its country's file says nothing else. */
  readonly legDeadlineMs: number
  /** The largest answer that the gateway reads from a leg, in bytes after inflating, if its country's file says nothing else. */
  readonly maxAnswerBytes: number
  /** File with the private Ed25519 JWK that signs leg tokens; null: each start generates one. */
  readonly legKeyFile: string | null
  /** The gateway's name: `iss` of the leg tokens. */
  readonly gatewayName: string
  readonly logLevel: LogLevel
  /** Base URL of the OpenTelemetry collector; null: the gateway sends nothing, and passes no trace on. */
  readonly otlpEndpoint: string | null
  /** Whether the gateway continues a trace that a client began. */
  readonly takesTraces: boolean
  /** Folder of what is suspended; null: nobody can suspend at the gateway, and it follows nobody. */
  readonly suspensionsFolder: string | null
  /** File that names who may suspend at the gateway; null: nobody may, besides the countries and authorities. */
  readonly suspendersFile: string | null
  /** Whether requests may take short ways whose answers are the same. */
  readonly isFast: boolean
  /** The files of the audit log; null: the gateway writes none, which is only for development. */
  readonly auditLogFiles: AuditLogFiles | null
}

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

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most))
const text = z.string().min(1)
const onOff = z.enum(['1', 'true', '0', 'false']).transform((word) => word === '1' || word === 'true')

const settingsSchema = z.strictObject({
  supergraph: text,
  port: wholeNumber(0, 65_535).default(4000),
  workers: wholeNumber(1, MAX_WORKERS).default(1),
  host: text.default('127.0.0.1'),
  countries: text.optional(),
  jwks: text.refine(isSafeKeySetLocation).optional(),
  issuer: text.optional(),
  audience: text.optional(),
  issuers: text.optional(),
  issuerCountry: z.string().refine(isCountryCode).optional(),
  tokenType: z.enum(['at+jwt', 'JWT']).optional(),
  policyClaim: text.optional(),
  accessMode: z.enum(['filter', 'reject', 'dry-run']).default('filter'),
  publicUrl: z
    .string()
    .refine(isPublicUrl)
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  tlsKey: text.optional(),
  tlsCert: text.optional(),
  tlsClientCa: text.optional(),
  clientKey: text.optional(),
  clientCert: text.optional(),
  anonymous: onOff.default(false),
  graphiql: onOff.default(false),
  metrics: onOff.default(true),
  corsOrigin: z
    .string()
    .transform((list) => list.split(',').map((origin) => origin.trim()))
    .refine((origins) => origins.every(isWebOrigin))
    .default([]),
  requestDeadline: wholeNumber(1, 600_000).default(8_000),
  legDeadline: wholeNumber(1, 600_000).default(2_000),
  maxAnswerBytes: wholeNumber(1024, 1_073_741_824).default(4_194_304),
  legKey: text.optional(),
  name: z
    .string()
    .regex(/^[\x21-\x7E]{1,256}$/)
    .default('istmo'),
  logLevel: z.enum(LOG_LEVELS).default('info'),
  otlpEndpoint: text.refine(isCollectorUrl).optional(),
  traceContext: onOff.default(false),
  auditLogDir: text.optional(),
  auditLogKey: text.optional(),
  auditLogRefKeys: text.optional(),
  auditLogShards: z.enum(SHARDINGS).default('none'),
  trustPolicy: text.optional(),
  suspensions: text.optional(),
  suspenders: text.optional(),
  drain: wholeNumber(0, MAX_DRAIN_MS).default(0),
  operatorListen: z.string().transform(toListenAddress).default(null),
  probePrivateAddresses: onOff.default(false),
  development: onOff.default(false),
  fast: onOff.default(true),
  ...limitShape,
})
type Settings = z.infer<typeof settingsSchema>

/**
 * Reads the gateway's settings from its flags and the environment.
 * @throws {ConfigError} if settings are wrong. The message has a line for each of them, with the flag and the variable, what was expected,
 * what came, and the remedy.
 */
export function readGatewayConfig(
  flags: GatewayFlags,
  env: Readonly<Record<string, string | undefined>> = process.env,
): GatewayConfig {
  const given: GivenSettings = Object.fromEntries(
    Object.entries(GATEWAY_SETTINGS).map(([key, { variable }]) => {
      const flag = flags[key as SettingKey]
      return [key, flag === undefined ? env[variable] || undefined : String(flag)]
    }),
  )
  const parsed = settingsSchema.safeParse(given)
  const groupErrors = listGroupErrors(given)
  if (parsed.success && groupErrors.length === 0) return Object.freeze(toConfig(parsed.data))
  const wrong = new Set(parsed.error?.issues.map(({ path }) => String(path[0])))
  const lines = [...[...wrong].map((key) => describeWrong(key, given)), ...groupErrors]
  throw new ConfigError(lines.join('\n'))
}

function describeWrong(key: string, given: Readonly<Record<string, string | undefined>>): string {
  const setting: OptionSpec = GATEWAY_SETTINGS[key as SettingKey]
  const shown = setting.isSecret === true ? 'something else' : JSON.stringify(given[key])
  const came = given[key] === undefined ? 'nothing' : shown
  return `--${setting.flag} (${setting.variable}): expected ${setting.expected}; came ${came}.`
}

function toConfig(settings: Settings): GatewayConfig {
  return {
    ...toLimitConfig(settings),
    supergraphFile: settings.supergraph,
    workers: settings.workers,
    worker: null,
    host: settings.host,
    port: settings.port,
    countriesFolder: settings.countries ?? null,
    issuers: toIssuers(settings),
    issuersFile: settings.issuers ?? null,
    publicUrl: settings.publicUrl ?? null,
    tls: toTls(settings),
    clientTls: toClientTls(settings),
    anonymous: settings.anonymous,
    accessMode: settings.accessMode,
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
    otlpEndpoint: settings.otlpEndpoint ?? null,
    takesTraces: settings.traceContext,
    suspensionsFolder: settings.suspensions ?? null,
    suspendersFile: settings.suspenders ?? null,
    auditLogFiles: toAuditLogFiles(settings),
  }
}

/** Reads the issuer that three settings name together; none if the settings name a file of issuers, or no issuer. */
function toIssuers({ jwks, issuer, audience, tokenType = 'at+jwt', ...settings }: Settings): readonly Issuer[] {
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

function toClientTls({ clientKey: key, clientCert: cert }: Settings): GatewayConfig['clientTls'] {
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

function isCollectorUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || !['https:', 'http:'].includes(url.protocol)) return false
  return url.username === '' && url.password === '' && !/[?#]/.test(text)
}

/** Returns whether this is an origin as browsers write it (RFC 6454 section 6.1). A wildcard or `null` is not. */
function isWebOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && ['https:', 'http:'].includes(url.protocol) && url.origin === text
}

function isPublicUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || !['https:', 'http:'].includes(url.protocol)) return false
  return url.username === '' && url.password === '' && !/[?#]/.test(text)
}
