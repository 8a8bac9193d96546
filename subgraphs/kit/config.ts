import { z } from 'zod'
import { SHARDINGS } from '../../audit/shards/period.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { DOMAINS, type Domain, isDomain } from '../../contract/domain.ts'
import { toListenAddress } from '../../service/listen-address.ts'

/**
 * The settings of a national node. In a node's process only this file reads the environment. A flag takes precedence over a
 * variable. subgraphs/node-command.ts reads the flags.
 */

/** The default name of the gateway: the `iss` of its leg tokens. */
export const DEFAULT_GATEWAY_ISSUER = 'istmo'

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

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
  /** How much is logged. */
  logLevel: z.enum(LOG_LEVELS).default('info'),
  /** Whether the node starts although its configuration is not safe for real records. */
  development: onOrOff.default(false),
  /** Whether operations are answered by plans (plans/answer-by-plan.ts). */
  fast: onOrOff.default(true),
})

/** The settings of a node, after they were checked. */
export type NodeConfig = z.infer<typeof settings>

/** The settings that are lists, their items separated by commas. */
const LISTS: ReadonlySet<string> = new Set(['domains', 'upstream'] satisfies (keyof NodeConfig)[])

/** A setting: its flag without dashes, the variable that replaces the flag, and the form that both must have. */
interface NodeSetting {
  readonly flag: string
  readonly variable: string
  /** The name of the value in the help; null for a switch. */
  readonly value: string | null
  readonly meaning: string
  readonly expected: string
  readonly default?: string
  readonly isRequired?: boolean
  readonly isRepeated?: boolean
  /** Whether the value may hold a password, so that no message shows it. */
  readonly isSecret?: boolean
}

/** Every setting of a node. The command line, its help and docs/operating.md are made from this table. */
export const NODE_SETTINGS = {
  country: {
    flag: 'country',
    variable: 'COUNTRY',
    value: 'code',
    isRequired: true,
    meaning: 'the country whose rows the node serves',
    expected: 'a code of ISO 3166-1 alpha-2, or UN',
  },
  domains: {
    flag: 'domains',
    variable: 'DOMAINS',
    value: 'names',
    isRequired: true,
    meaning: 'the domains that this process serves, separated by commas',
    expected: `one or more of ${DOMAINS.join(', ')}, separated by commas`,
  },
  host: {
    flag: 'host',
    variable: 'HOST',
    value: 'address',
    default: '127.0.0.1',
    meaning: 'address to listen on',
    expected: 'an address or host name',
  },
  port: {
    flag: 'port',
    variable: 'PORT',
    value: 'number',
    isRequired: true,
    meaning: 'port to listen on; 0 chooses a free one',
    expected: 'a whole number from 0 to 65535',
  },
  tlsKey: {
    flag: 'tls-key',
    variable: 'TLS_KEY_FILE',
    value: 'file',
    meaning: 'private key of the node in PEM; with --tls-cert and --tls-client-ca, the node speaks TLS 1.3',
    expected: 'the path of a file',
  },
  tlsCert: {
    flag: 'tls-cert',
    variable: 'TLS_CERT_FILE',
    value: 'file',
    meaning: 'certificate of the node and its chain up to the authority, in PEM',
    expected: 'the path of a file',
  },
  tlsClientCa: {
    flag: 'tls-client-ca',
    variable: 'TLS_CLIENT_CA_FILE',
    value: 'file',
    meaning:
      'authorities of the gateway’s certificate in PEM; over TLS, the node demands a certificate of one of them for each leg',
    expected: 'the path of a file',
  },
  databaseUrl: {
    flag: 'database-url',
    variable: 'DATABASE_URL',
    value: 'url',
    isSecret: true,
    meaning: 'a PostgreSQL server, version 15 or later; without it, the node uses an embedded PostgreSQL',
    expected: 'postgres://…',
  },
  databaseFolder: {
    flag: 'database-folder',
    variable: 'DATABASE_FOLDER',
    value: 'dir',
    meaning: 'folder in which the embedded PostgreSQL keeps the rows; without it, they are lost when the process ends',
    expected: 'the path of a folder',
  },
  upstream: {
    flag: 'upstream',
    variable: 'UPSTREAM',
    value: 'domain=url',
    isRepeated: true,
    isSecret: true,
    meaning:
      'a service of your own that answers what the node allows (docs/access.md); give it once for each domain (in the variable, separated by commas), and set no database',
    expected: `DOMAIN=URL: one of ${DOMAINS.join(', ')}, and an https URL, or an http URL of a loopback address`,
  },
  gatewayJwks: {
    flag: 'gateway-jwks',
    variable: 'LEG_JWKS_FILE',
    value: 'url|file',
    isRequired: true,
    meaning: 'the gateway’s public key set',
    expected: 'the path of a file, or a URL',
  },
  gatewayIssuer: {
    flag: 'gateway-issuer',
    variable: 'GATEWAY_ISSUER',
    value: 'name',
    default: DEFAULT_GATEWAY_ISSUER,
    meaning: 'the gateway’s name: the `iss` claim of its leg tokens',
    expected: 'the exact `iss` claim of the leg tokens',
  },
  rules: {
    flag: 'rules',
    variable: 'RULES_FILE',
    value: 'file',
    meaning:
      'the country’s own copy of its country file, with task forces, policies and SDLs (docs/access.md); without it, the node recognises nobody',
    expected: 'the path of a file',
  },
  mandatesFolder: {
    flag: 'mandates-folder',
    variable: 'MANDATES_FOLDER',
    value: 'dir',
    meaning:
      'folder in which the node keeps the proofs of mandates that it has verified (docs/access.md); without it, gateways send them again after a restart',
    expected: 'the path of a folder',
  },
  suspensions: {
    flag: 'suspensions',
    variable: 'SUSPENSIONS_DIR',
    value: 'dir',
    meaning:
      'folder in which the node keeps what is suspended, and takes what `istmo suspend` puts there (docs/emergencies.md); without it, nobody can suspend anything here',
    expected: 'the path of a folder that no other process uses',
  },
  countThreshold: {
    flag: 'count-threshold',
    variable: 'COUNT_THRESHOLD',
    value: 'number',
    default: '5',
    meaning: 'the smallest count that the node shows in statistics',
    expected: 'a whole number from 1 to 1000000000',
  },
  contactPoint: {
    flag: 'contact-point',
    variable: 'CONTACT_POINT',
    value: 'text',
    meaning: 'whom to contact about a hit; `personHits` shows it',
    expected: 'a text',
  },
  nodeKey: {
    flag: 'node-key',
    variable: 'NODE_KEY_FILE',
    value: 'file',
    meaning:
      'key that signs the ids in the node’s answers, so that the nodes of other countries take them as part of a question; without it, they refuse them',
    expected: 'the path of a file with a private Ed25519 key as a JWK',
  },
  auditLogDir: {
    flag: 'audit-log-dir',
    variable: 'AUDIT_LOG_DIR',
    value: 'dir',
    meaning: 'folder of the country’s own audit log; without it, the node keeps no audit log (only for development)',
    expected: 'the path of a folder',
  },
  auditLogKey: {
    flag: 'audit-log-key',
    variable: 'AUDIT_LOG_KEY_FILE',
    value: 'file',
    meaning: 'key that signs the audit log’s checkpoints (C2SP signed note); the key’s name is the log’s origin',
    expected: 'the path of a file',
  },
  auditLogRefKeys: {
    flag: 'audit-log-ref-keys',
    variable: 'AUDIT_LOG_REF_KEYS_FILE',
    value: 'file',
    meaning: 'the country’s keys that make the pseudonyms of records, cases and callers, by epoch',
    expected: 'the path of a file',
  },
  auditLogShards: {
    flag: 'audit-log-shards',
    variable: 'AUDIT_LOG_SHARDS',
    value: 'period',
    meaning:
      'how often the audit log begins a new shard, a folder of its own in `shards`: `yearly` or `monthly`, at the first entry of the year or month in UTC; or `none`',
    expected: 'none, yearly or monthly',
  },
  trustPolicy: {
    flag: 'trust-policy',
    variable: 'TRUST_POLICY_FILE',
    value: 'file',
    meaning:
      'trust policy (C2SP tlog-policy) that names the audit logs of others, such as the gateway’s; the node keeps the checkpoints of these logs that it is shown, and reports a split view',
    expected: 'the path of a file',
  },
  operatorListen: {
    flag: 'operator-listen',
    variable: 'OPERATOR_LISTEN',
    value: 'host:port',
    default: 'off',
    meaning:
      'address of the operator’s server, with /status and /metrics: what is suspended, which authorities are silent, when certificates end, and which domains take questions that nobody signed; port 0 chooses a free one',
    expected: 'an address and a port, such as 127.0.0.1:9465, or `off`',
  },
  logLevel: {
    flag: 'log-level',
    variable: 'LOG_LEVEL',
    value: 'level',
    default: 'info',
    meaning: 'the lowest level that is logged',
    expected: `one of ${LOG_LEVELS.join(', ')}`,
  },
  development: {
    flag: 'development',
    variable: 'DEVELOPMENT',
    value: null,
    meaning: 'start although the configuration is not safe for real records; each danger is a warning in the log',
    expected: '1, true, 0 or false',
  },
  fast: {
    flag: 'fast',
    variable: 'ISTMO_FAST',
    value: '1|0',
    default: '1',
    meaning:
      'answer operations by plans that are made once; 0 lets graphql-js execute each one, with the same answers, to find a fault',
    expected: '1, true, 0 or false',
  },
} as const satisfies Readonly<Record<keyof NodeConfig, NodeSetting>>

/** The flags of a node's command line as received, by the key of the setting. A repeated flag is a list. */
export type NodeFlags = Readonly<Partial<Record<keyof NodeConfig, string | boolean | readonly string[] | undefined>>>

/**
 * Reads the settings of a node.
 * @param env the environment; an empty variable counts as absent.
 * @throws {Error} if a value is missing or does not have the expected form. The message names the flag, the variable, what was
 * expected and what came, but no value that may hold a password.
 */
export function readNodeConfig(flags: NodeFlags, env: Readonly<Record<string, string | undefined>>): NodeConfig {
  const given: Record<string, unknown> = {}
  for (const [key, { variable }] of Object.entries(NODE_SETTINGS)) {
    const flag = flags[key as keyof NodeConfig]
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
  const { flag, variable, expected, isSecret }: NodeSetting = NODE_SETTINGS[key as keyof NodeConfig]
  const value = given[String(key)]
  const place = rest.length > 0 ? `, item ${rest.map((index) => Number(index) + 1).join('.')}` : ''
  const shown = isSecret === true ? 'something else' : JSON.stringify(Array.isArray(value) ? value.join(',') : value)
  return `- --${flag} (${variable})${place}: expected ${expected}; came ${value === undefined ? 'nothing' : shown}.`
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
