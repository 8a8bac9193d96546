import { z } from 'zod'
import { SHARDINGS } from '../../audit/shards/period.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { type Domain, isDomain } from '../../contract/domain.ts'
import { toListenAddress } from '../../service/listen-address.ts'
import { MAX_DRAIN_MS } from '../../service/stop-on-signals.ts'
import type { CallerTimeRate } from './caller-time.ts'
import {
  DEFAULT_GATEWAY_ISSUER,
  LOG_LEVELS,
  NODE_SETTINGS,
  type NodeFlags,
  type NodeSetting,
  type NodeSettingKey,
  settingName,
} from './settings.ts'

/**
 * Reads the settings of a national node. In a node's process only this file reads the environment. A flag takes precedence over a
 * variable. subgraphs/node-command.ts reads the flags, and subgraphs/kit/settings.ts describes the settings.
 */

const LOOPBACK_HOSTS = ['127.0.0.1', '[::1]', 'localhost']

/**
 * Anybody who reaches the service could forge the headers that describe the caller. Plain HTTP is therefore accepted only on the same
 * machine.
 */
const upstreamSetting = z
  .string()
  .regex(/^[a-z]+=https?:\/\/\S+$/)
  .refine((text) => isDomain(text.split('=', 1)[0] ?? ''))
  .refine((text) => isUpstreamUrl(text.slice(text.indexOf('=') + 1)))
  .transform((text) => ({ domain: text.split('=', 1)[0] as Domain, url: text.slice(text.indexOf('=') + 1) }))

function isUpstreamUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, hash } = new URL(text)
  return username === '' && hash === '' && (protocol === 'https:' || LOOPBACK_HOSTS.includes(hostname))
}

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most))

const onOrOff = z.enum(['1', 'true', '0', 'false']).transform((word) => word === '1' || word === 'true')

function toCallerTime(text: string): CallerTimeRate | null {
  if (text === '0') return null
  const [perSecond = Number.NaN, burst = Number.NaN] = text.split(':').map(Number)
  return { perSecond, burst }
}

const settings = z.strictObject({
  /** The country whose rows these are: ISO 3166-1 alpha-2, or UN. */
  country: z.string().refine(isCountryCode),
  /** Which domains this process serves, each at `/<domain>`. */
  domains: z.array(z.string().refine(isDomain)).min(1).readonly(),
  /** The address to listen on. */
  host: z.string().min(1).default('127.0.0.1'),
  /** The port; 0 takes a free one. */
  port: wholeNumber(0, 65_535),
  /** A PostgreSQL server of version 15 or later. If absent, the node uses PGlite. */
  databaseUrl: z
    .string()
    .regex(/^postgres(ql)?:\/\//)
    .optional(),
  /** The folder in which PGlite stores the rows. If absent, they are gone when the process ends. */
  databaseFolder: z.string().min(1).optional(),
  /** The address of each domain that a service of the country answers. The node decides a leg and forwards it to the service. */
  upstream: z.array(upstreamSetting).readonly().optional(),
  /** Where a node with `upstream` keeps the hit searches of the day. If absent, a restart forgets them. */
  hitsFile: z.string().min(1).optional(),
  /** File with the private key of the node's TLS certificate, in PEM. If absent, the node speaks plain HTTP. */
  tlsKey: z.string().min(1).optional(),
  /** File with the node's TLS certificate and its chain, in PEM. */
  tlsCert: z.string().min(1).optional(),
  /** File with the authorities of the gateway's certificate, in PEM. */
  tlsClientCa: z.string().min(1).optional(),
  /** The gateway's public key set: a file, or an `http(s)` URL. */
  gatewayJwks: z.string().min(1),
  /** The gateway's name, `iss` of its leg tokens. */
  gatewayIssuer: z.string().min(1).default(DEFAULT_GATEWAY_ISSUER),
  /** The country's own copy of its country file: whom it recognises, its policies and its SDLs. */
  rules: z.string().min(1).optional(),
  /** Folder in which the node keeps the proofs of mandates that it has verified. If absent, gateways send them again after a restart. */
  mandatesFolder: z.string().min(1).optional(),
  /** Folder in which the node keeps what is suspended, and takes the statements of `istmo suspend`. If absent, nobody can suspend here. */
  suspensions: z.string().min(1).optional(),
  /** The smallest count that this country publishes in statistics. It leaves smaller ones out. */
  countThreshold: wholeNumber(1, 1_000_000_000).default(5),
  /** How many milliseconds the node runs for one caller while others ask too; null: as long as the caller asks. */
  callerTime: z
    .string()
    .regex(/^(0|\d{1,4}:\d{1,6})$/)
    .transform(toCallerTime)
    .refine((rate) => rate === null || (rate.perSecond >= 1 && rate.perSecond <= 1_000 && rate.burst >= 1))
    .default({ perSecond: 200, burst: 3_000 }),
  /** The office that follows up a hit, shown in `personHits`. */
  contactPoint: z.string().min(1).nullable().default(null),
  /** File with the key that signs the ids that the node gives. If absent, other countries refuse them. */
  nodeKey: z.string().min(1).optional(),
  /** Folder of the country's own audit log; the two keys go with it. If absent, the node writes no audit log. */
  auditLogDir: z.string().min(1).optional(),
  /** File with the signer key of the log's checkpoints. */
  auditLogKey: z.string().min(1).optional(),
  /** File with the keys of the refs of records, cases and callers. */
  auditLogRefKeys: z.string().min(1).optional(),
  /** How often the audit log begins a new shard. */
  auditLogShards: z.enum(SHARDINGS).default('none'),
  /** File with a trust policy that names audit logs of others: that of the gateway, and those of other countries. */
  trustPolicy: z.string().min(1).optional(),
  /** Address of the operator's server; null: it is not opened. */
  operatorListen: z.string().transform(toListenAddress).default(null),
  /** How long the node answers on after a signal, while it says that it is not ready, in milliseconds. */
  drain: wholeNumber(0, MAX_DRAIN_MS).default(0),
  /** How much is logged. */
  logLevel: z.enum(LOG_LEVELS).default('info'),
  /** Whether the node starts although its configuration is not safe for real records. */
  development: onOrOff.default(false),
  /** Whether operations are answered by plans (plans/answer-by-plan.ts). */
  fast: onOrOff.default(true),
} satisfies Readonly<Record<NodeSettingKey, z.ZodType>>)

/** The settings of a node, after they were checked. */
export type NodeConfig = z.infer<typeof settings>

/** The settings that are lists, their items separated by commas. */
const LISTS: ReadonlySet<string> = new Set(['domains', 'upstream'] satisfies NodeSettingKey[])

/**
 * Reads the settings of a node.
 * @param env the environment; an empty variable counts as absent.
 * @throws {Error} if a value is missing or does not have the expected form. The message names the flag, the variable, what was
 * expected and what came, but no value that may hold a password.
 */
export function readNodeConfig(flags: NodeFlags, env: Readonly<Record<string, string | undefined>>): NodeConfig {
  const given: Record<string, unknown> = {}
  for (const [key, { variable }] of Object.entries(NODE_SETTINGS)) {
    const flag = flags[key as NodeSettingKey]
    const isAbsent = flag === undefined || (typeof flag !== 'boolean' && flag.length === 0)
    const value = isAbsent ? env[variable] || undefined : String(flag)
    if (value !== undefined) given[key] = LISTS.has(key) ? value.split(',').map((name) => name.trim()) : value
  }
  const parsed = settings.safeParse(given)
  const groupErrors = [...listAuditLogErrors(given), ...listTlsErrors(given), ...listUpstreamErrors(given)]
  if (parsed.success && groupErrors.length === 0) return Object.freeze(parsed.data)
  const wrong = new Map(parsed.error?.issues.map(({ path }) => [`${path.join('.')}`, path]))
  const lines = [...[...wrong.values()].map((path) => describeWrong(path, given)), ...groupErrors]
  throw new Error(`The node cannot start.\n${lines.join('\n')}`)
}

type Given = Readonly<Record<string, unknown>>

/** An audit log needs all three settings: without a folder there is no log, and without the keys it has no checkpoints and no refs. */
function listAuditLogErrors(settings: Given): readonly string[] {
  const given = ['auditLogDir', 'auditLogKey', 'auditLogRefKeys'].filter((key) => settings[key] !== undefined)
  if (given.length === 0 || given.length === 3) return []
  return ['- audit log: set all of --audit-log-dir, --audit-log-key and --audit-log-ref-keys, or none.']
}

/** A node that speaks TLS without demanding a certificate would not know the gateway from a stranger with a leg token. */
function listTlsErrors(settings: Given): readonly string[] {
  const given = ['tlsKey', 'tlsCert', 'tlsClientCa'].filter((key) => settings[key] !== undefined)
  if (given.length === 0 || given.length === 3) return []
  return ['- TLS: set all of --tls-key, --tls-cert and --tls-client-ca, or none.']
}

/** Without this check, a domain that no service answers would fail at its first leg, and rows beside a service would never be read. */
function listUpstreamErrors({ upstream, domains, databaseUrl, databaseFolder }: Given): readonly string[] {
  if (!Array.isArray(upstream)) return []
  const served = Array.isArray(domains) ? domains : []
  const answered = upstream.map((text) => String(text).split('=', 1)[0])
  const isEachOnce = answered.length === served.length && served.every((domain) => answered.includes(domain))
  if (isEachOnce && databaseUrl === undefined && databaseFolder === undefined) return []
  return ['- upstream: set --upstream DOMAIN=URL once for each of --domains, and set no database.']
}

function describeWrong([key = '', ...rest]: readonly PropertyKey[], given: Readonly<Record<string, unknown>>): string {
  const { expected, isSecret }: NodeSetting = NODE_SETTINGS[key as NodeSettingKey]
  const value = given[String(key)]
  const place = rest.length > 0 ? `, item ${rest.map((index) => Number(index) + 1).join('.')}` : ''
  const shown = isSecret === true ? 'something else' : JSON.stringify(Array.isArray(value) ? value.join(',') : value)
  return `- ${settingName(key as NodeSettingKey)}${place}: expected ${expected}; came ${value === undefined ? 'nothing' : shown}.`
}

/** Returns the environment of this process, for the command that starts a node. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env
}

/** Returns whether tests answer operations by plans, as a node does by default. */
export function areTestsFast(): boolean {
  return process.env.ISTMO_FAST !== '0'
}

/** Returns the URL of the PostgreSQL server for the tests, with a role that may create databases and roles; undefined for PGlite. */
export function testServerUrl(): string | undefined {
  return process.env.ISTMO_TEST_DATABASE_URL || undefined
}
