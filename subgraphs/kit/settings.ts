/**
 * Each setting of a node: its flag and its variable, its form, its default and its meaning. This table is the source for the values, the command line,
 * its help and docs/operating.md; subgraphs/kit/config.ts reads the values.
 */
import { z } from 'zod'
import { SHARDINGS } from '../../audit/shards/period.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { DOMAINS, type Domain, isDomain } from '../../contract/domain.ts'
import { type FlagsOf, nameSetting, type SettingTable, setting } from '../../service/setting.ts'
import {
  FILE,
  FOLDER,
  form,
  HOST,
  listenAddress,
  listOf,
  ON_OR_OFF,
  oneOf,
  PORT,
  POSTGRES_URL,
  SWITCH,
  text,
  wholeNumber,
} from '../../service/setting-forms.ts'
import { DRAIN_SETTING } from '../../service/stop-on-signals.ts'
import type { CallerTimeRate } from './caller-time.ts'

/** How much a node may log, from the least to the most; `silent` is nothing. */
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

const DOMAIN_LIST = listOf(
  'names',
  `one or more of ${DOMAINS.join(', ')}, separated by commas`,
  z.string().refine(isDomain),
)

const LOOPBACK_HOSTS = ['127.0.0.1', '[::1]', 'localhost']

/**
 * Anybody who reaches the service could forge the headers that describe the caller. Plain HTTP is therefore accepted only on the same
 * machine.
 */
const UPSTREAMS = listOf(
  'domain=url',
  `DOMAIN=URL: one of ${DOMAINS.join(', ')}, and an https URL, or an http URL of a loopback address`,
  z
    .string()
    .regex(/^[a-z]+=https?:\/\/\S+$/)
    .refine((text) => isDomain(text.split('=', 1)[0] ?? ''))
    .refine((text) => isUpstreamUrl(text.slice(text.indexOf('=') + 1)))
    .transform((text) => ({ domain: text.split('=', 1)[0] as Domain, url: text.slice(text.indexOf('=') + 1) })),
)

function isUpstreamUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, hash } = new URL(text)
  return username === '' && hash === '' && (protocol === 'https:' || LOOPBACK_HOSTS.includes(hostname))
}

/** How many milliseconds the node runs for one caller while others ask too; null: as long as the caller asks. */
const CALLER_TIME = form(
  'rate',
  'how many milliseconds a second, a colon and how many at once, such as 200:3000; 0 for no limit',
  z
    .string()
    .regex(/^(0|\d{1,4}:\d{1,6})$/)
    .transform(toCallerTime)
    .refine((rate) => rate === null || (rate.perSecond >= 1 && rate.perSecond <= 1_000 && rate.burst >= 1)),
)

function toCallerTime(text: string): CallerTimeRate | null {
  if (text === '0') return null
  const [perSecond = Number.NaN, burst = Number.NaN] = text.split(':').map(Number)
  return { perSecond, burst }
}

/** Each setting of a node, by key. A flag overrides its variable; an empty variable counts as not set. */
export const NODE_SETTINGS = {
  country: setting(form('code', 'a code of ISO 3166-1 alpha-2, or UN', z.string().refine(isCountryCode)), {
    flag: 'country',
    variable: 'COUNTRY',
    isRequired: true,
    meaning: 'the country whose rows the node serves',
  }),
  domains: setting(DOMAIN_LIST, {
    flag: 'domains',
    variable: 'DOMAINS',
    isRequired: true,
    meaning: 'the domains that this process serves, separated by commas',
  }),
  host: setting(HOST, {
    flag: 'host',
    variable: 'HOST',
    default: '127.0.0.1',
    meaning: 'address to listen on',
  }),
  port: setting(PORT, {
    flag: 'port',
    variable: 'PORT',
    isRequired: true,
    meaning: 'port to listen on; 0 chooses a free one',
  }),
  tlsKey: setting(FILE, {
    flag: 'tls-key',
    variable: 'TLS_KEY_FILE',
    meaning: 'private key of the node in PEM; with --tls-cert and --tls-client-ca, the node speaks TLS 1.3',
  }),
  tlsCert: setting(FILE, {
    flag: 'tls-cert',
    variable: 'TLS_CERT_FILE',
    meaning: 'certificate of the node and its chain up to the authority, in PEM',
  }),
  tlsClientCa: setting(FILE, {
    flag: 'tls-client-ca',
    variable: 'TLS_CLIENT_CA_FILE',
    meaning:
      'authorities of the gateway’s certificate in PEM; over TLS, the node demands a certificate of one of them for each leg',
  }),
  databaseUrl: setting(POSTGRES_URL, {
    flag: 'database-url',
    variable: 'DATABASE_URL',
    isSecret: true,
    meaning: 'a PostgreSQL server, version 15 or later; without it, the node uses an embedded PostgreSQL',
  }),
  databaseFolder: setting(FOLDER, {
    flag: 'database-folder',
    variable: 'DATABASE_FOLDER',
    meaning: 'folder in which the embedded PostgreSQL keeps the rows; without it, they are lost when the process ends',
  }),
  upstream: setting(UPSTREAMS, {
    flag: 'upstream',
    variable: 'UPSTREAM',
    isRepeated: true,
    isSecret: true,
    meaning:
      'a service of your own that answers what the node allows (docs/access.md); give it once for each domain (in the variable, separated by commas), and set no database',
  }),
  hitsFile: setting(text('file', 'the path of a file in a folder that the node may write'), {
    flag: 'hits-file',
    variable: 'HITS_FILE',
    meaning:
      'file in which a node with --upstream keeps the hit searches of the day, as HMACs (docs/access.md); without it, a restart begins the quotas of hit searches again',
  }),
  gatewayJwks: setting(text('url|file', 'the path of a file, or a URL'), {
    flag: 'gateway-jwks',
    variable: 'LEG_JWKS_FILE',
    isRequired: true,
    meaning: 'the gateway’s public key set',
  }),
  gatewayIssuer: setting(text('name', 'the exact `iss` claim of the leg tokens'), {
    flag: 'gateway-issuer',
    variable: 'GATEWAY_ISSUER',
    default: 'istmo',
    meaning: 'the gateway’s name: the `iss` claim of its leg tokens',
  }),
  rules: setting(FILE, {
    flag: 'rules',
    variable: 'RULES_FILE',
    meaning:
      'the country’s own copy of its country file, with task forces, policies and SDLs (docs/access.md); without it, the node recognises nobody',
  }),
  mandatesFolder: setting(FOLDER, {
    flag: 'mandates-folder',
    variable: 'MANDATES_FOLDER',
    meaning:
      'folder in which the node keeps the proofs of mandates that it has verified (docs/access.md); without it, gateways send them again after a restart',
  }),
  suspensions: setting(text('dir', 'the path of a folder that no other process uses'), {
    flag: 'suspensions',
    variable: 'SUSPENSIONS_DIR',
    meaning:
      'folder in which the node keeps what is suspended, and takes what `istmo suspend` puts there (docs/emergencies.md); without it, nobody can suspend anything here',
  }),
  countThreshold: setting(wholeNumber('number', 1, 1_000_000_000), {
    flag: 'count-threshold',
    variable: 'COUNT_THRESHOLD',
    default: '5',
    meaning: 'the smallest count that the node shows in statistics',
  }),
  callerTime: setting(CALLER_TIME, {
    flag: 'caller-time',
    variable: 'CALLER_TIME',
    default: '200:3000',
    meaning:
      'how many milliseconds of a second the node runs for one caller at least while others ask too, and how many more at once; a caller who has used them gets TIME_SPENT (docs/access.md, Running time)',
  }),
  contactPoint: setting(text('text', 'a text'), {
    flag: 'contact-point',
    variable: 'CONTACT_POINT',
    meaning: 'whom to contact about a hit; `personHits` shows it',
    absent: null,
  }),
  nodeKey: setting(text('file', 'the path of a file with a private Ed25519 key as a JWK'), {
    flag: 'node-key',
    variable: 'NODE_KEY_FILE',
    meaning:
      'key that signs the ids in the node’s answers, so that the nodes of other countries take them as part of a question; without it, they refuse them',
  }),
  auditLogDir: setting(FOLDER, {
    flag: 'audit-log-dir',
    variable: 'AUDIT_LOG_DIR',
    meaning: 'folder of the country’s own audit log; without it, the node keeps no audit log (only for development)',
  }),
  auditLogKey: setting(FILE, {
    flag: 'audit-log-key',
    variable: 'AUDIT_LOG_KEY_FILE',
    meaning: 'key that signs the audit log’s checkpoints (C2SP signed note); the key’s name is the log’s origin',
  }),
  auditLogRefKeys: setting(FILE, {
    flag: 'audit-log-ref-keys',
    variable: 'AUDIT_LOG_REF_KEYS_FILE',
    meaning: 'the country’s keys that make the pseudonyms of records, cases and callers, by epoch',
  }),
  auditLogShards: setting(oneOf('period', SHARDINGS, 'none, yearly or monthly'), {
    flag: 'audit-log-shards',
    variable: 'AUDIT_LOG_SHARDS',
    meaning:
      'how often the audit log begins a new shard, a folder of its own in `shards`: `yearly` or `monthly`, at the first entry of the year or month in UTC; or `none`',
    absent: 'none',
  }),
  trustPolicy: setting(FILE, {
    flag: 'trust-policy',
    variable: 'TRUST_POLICY_FILE',
    meaning:
      'trust policy (C2SP tlog-policy) that names the audit logs of others, such as the gateway’s; the node keeps the checkpoints of these logs that it is shown, and reports a split view',
  }),
  drain: DRAIN_SETTING,
  operatorListen: setting(listenAddress('127.0.0.1:9465'), {
    flag: 'operator-listen',
    variable: 'OPERATOR_LISTEN',
    default: 'off',
    meaning:
      'address of the operator’s server, with /status and /metrics: what is suspended, which authorities are silent, when certificates end, and which domains take questions that nobody signed; port 0 chooses a free one',
  }),
  logLevel: setting(oneOf('level', LOG_LEVELS), {
    flag: 'log-level',
    variable: 'LOG_LEVEL',
    default: 'info',
    meaning: 'the lowest level that is logged',
  }),
  development: setting(SWITCH, {
    flag: 'development',
    variable: 'DEVELOPMENT',
    meaning: 'start although the configuration is not safe for real records; each danger is a warning in the log',
    absent: false,
  }),
  fast: setting(ON_OR_OFF, {
    flag: 'fast',
    variable: 'ISTMO_FAST',
    default: '1',
    meaning:
      'answer operations by plans that are made once; 0 lets graphql-js execute each one, with the same answers, to find a fault',
  }),
} satisfies SettingTable

/** The variables of the settings in the environment. */
export const NODE_VARIABLES: readonly string[] = Object.values(NODE_SETTINGS).map(({ variable }) => variable)

/** The key of a setting. */
export type NodeSettingKey = keyof typeof NODE_SETTINGS

/** The flags of a node's command line as received, by the key of the setting. */
export type NodeFlags = FlagsOf<typeof NODE_SETTINGS>

/** Returns how an operator sets something: `--node-key (NODE_KEY_FILE)`. */
export function settingName(key: NodeSettingKey): string {
  return nameSetting(NODE_SETTINGS[key])
}
