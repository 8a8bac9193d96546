/**
 * Each setting of a node: its flag and its variable, the expected form and the meaning. This table is the source for the command line, its
 * help and docs/operating.md; subgraphs/kit/config.ts reads the values.
 */
import { DOMAINS } from '../../contract/domain.ts'
import type { OptionSpec } from '../../service/command-spec.ts'
import { DRAIN_SETTING } from '../../service/stop-on-signals.ts'

/** The default name of the gateway: the `iss` of its leg tokens. */
export const DEFAULT_GATEWAY_ISSUER = 'istmo'

/** How much a node may log, from the least to the most; `silent` is nothing. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** One setting: an option that an environment variable may replace, and the form that both must have. */
export type NodeSetting = OptionSpec & Required<Pick<OptionSpec, 'variable' | 'expected'>>

/** Each setting of a node, by key. A flag overrides its variable; an empty variable counts as not set. */
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
  hitsFile: {
    flag: 'hits-file',
    variable: 'HITS_FILE',
    value: 'file',
    meaning:
      'file in which a node with --upstream keeps the hit searches of the day, as HMACs (docs/access.md); without it, a restart begins the quotas of hit searches again',
    expected: 'the path of a file in a folder that the node may write',
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
  callerTime: {
    flag: 'caller-time',
    variable: 'CALLER_TIME',
    value: 'rate',
    default: '200:3000',
    meaning:
      'how many milliseconds of a second the node runs for one caller at least while others ask too, and how many more at once; a caller who has used them gets TIME_SPENT (docs/access.md, Running time)',
    expected: 'how many milliseconds a second, a colon and how many at once, such as 200:3000; 0 for no limit',
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
  drain: DRAIN_SETTING,
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
} as const satisfies Readonly<Record<string, NodeSetting>>

/** The key of a setting. */
export type NodeSettingKey = keyof typeof NODE_SETTINGS

/** The flags of a node's command line as received, by the key of the setting. A repeated flag is a list. */
export type NodeFlags = Readonly<Partial<Record<NodeSettingKey, string | boolean | readonly string[] | undefined>>>

/** Returns how an operator sets something: `--node-key (NODE_KEY_FILE)`. */
export function settingName(key: NodeSettingKey): string {
  return `--${NODE_SETTINGS[key].flag} (${NODE_SETTINGS[key].variable})`
}
