/**
 * Each setting of the gateway: its flag and its variable, the expected form and the meaning. This table is the source for the command line, its
 * help and docs/operating.md; gateway/process/config.ts reads the values.
 */
import type { OptionSpec } from '../../service/command-spec.ts'
import { DRAIN_SETTING } from '../../service/stop-on-signals.ts'
import { LIMIT_SETTINGS } from './limit-settings.ts'
import { LOG_LEVELS } from './logger.ts'

/** One setting: an option that an environment variable may replace, and the form that both must have. */
type Setting = OptionSpec & Required<Pick<OptionSpec, 'variable' | 'expected'>>

/** Each setting of the gateway, by key. A flag overrides its variable; an empty variable counts as not set. */
export const GATEWAY_SETTINGS = {
  supergraph: {
    flag: 'supergraph',
    variable: 'SUPERGRAPH_FILE',
    value: 'file',
    meaning: 'the composed supergraph',
    isRequired: true,
    expected: 'the path of a supergraph that `npm run generate` or Rover composed',
  },
  port: {
    flag: 'port',
    variable: 'PORT',
    value: 'number',
    meaning: 'port to listen on; 0 chooses a free one',
    default: '4000',
    expected: 'a whole number from 0 to 65535',
  },
  workers: {
    flag: 'workers',
    variable: 'WORKERS',
    value: 'number',
    meaning:
      'how many processes answer requests at this port; each has an audit log of its own below --audit-log-dir, and all of them one identity',
    default: '1',
    expected: 'a whole number from 1 to 64',
  },
  host: {
    flag: 'host',
    variable: 'HOST',
    value: 'address',
    meaning: 'address to listen on',
    default: '127.0.0.1',
    expected: 'an address or host name',
  },
  countries: {
    flag: 'countries',
    variable: 'COUNTRIES_DIR',
    value: 'dir',
    meaning: 'folder with one YAML file for each participant; without it, no country takes part',
    expected: 'the path of a folder',
  },
  jwks: {
    flag: 'jwks',
    variable: 'JWKS_URL',
    value: 'url|file',
    meaning: 'key set of the issuer that signs access tokens',
    expected: 'an https URL, an http URL on this machine, or the path of a file',
  },
  issuer: {
    flag: 'issuer',
    variable: 'ISSUER',
    value: 'iss',
    meaning: 'the `iss` claim of this issuer’s tokens',
    expected: 'the exact `iss` claim of the tokens',
  },
  audience: {
    flag: 'audience',
    variable: 'AUDIENCE',
    value: 'aud',
    meaning: 'the `aud` claim that this issuer’s tokens must have: the gateway’s own name',
    expected: 'the `aud` claim of the tokens',
  },
  issuers: {
    flag: 'issuers',
    variable: 'ISSUERS_FILE',
    value: 'file',
    meaning: 'YAML file that names several issuers; use it instead of --jwks, --issuer and --audience',
    expected: 'the path of a file',
  },
  issuerCountry: {
    flag: 'issuer-country',
    variable: 'ISSUER_COUNTRY',
    value: 'code',
    meaning: 'the country that the issuer speaks for; omit it only for a development issuer',
    expected: 'an ISO 3166-1 alpha-2 code, or UN',
  },
  tokenType: {
    flag: 'token-type',
    variable: 'TOKEN_TYPE',
    value: 'typ',
    meaning: 'the `typ` header of this issuer’s tokens',
    default: 'at+jwt',
    expected: '`at+jwt`, or `JWT` for an issuer that cannot write it',
  },
  policyClaim: {
    flag: 'policy-claim',
    variable: 'POLICY_CLAIM',
    value: 'name',
    meaning:
      'claim of this issuer’s tokens that lists the granted policies, for `@policy` in subgraphs that no country publishes',
    expected: 'the name of a claim',
  },
  accessMode: {
    flag: 'access-mode',
    variable: 'ACCESS_MODE',
    value: 'mode',
    meaning:
      'how to treat an operation that contains denied fields: filter answers the other fields, reject answers none, dry-run asks no country and says what would be denied',
    default: 'filter',
    expected: '`filter`, `reject` or `dry-run`',
  },
  anonymous: {
    flag: 'anonymous',
    variable: 'ANONYMOUS',
    value: null,
    meaning: 'accept requests without a token; the gateway still rejects an invalid token',
    expected: '1, true, 0 or false',
  },
  publicUrl: {
    flag: 'public-url',
    variable: 'PUBLIC_URL',
    value: 'url',
    meaning: 'address that callers use to reach the gateway; DPoP proofs name it',
    default: 'the address it listens on',
    expected: 'an http or https URL without credentials, query and fragment',
  },
  tlsKey: {
    flag: 'tls-key',
    variable: 'TLS_KEY_FILE',
    value: 'file',
    meaning: 'private key of the gateway in PEM; with --tls-cert, the gateway speaks TLS',
    expected: 'the path of a file',
  },
  tlsCert: {
    flag: 'tls-cert',
    variable: 'TLS_CERT_FILE',
    value: 'file',
    meaning: 'certificate of the gateway and its chain up to the authority, in PEM',
    expected: 'the path of a file',
  },
  tlsClientCa: {
    flag: 'tls-client-ca',
    variable: 'TLS_CLIENT_CA_FILE',
    value: 'file',
    meaning: 'authorities of callers’ certificates in PEM; needed for tokens that name a certificate (RFC 8705)',
    expected: 'the path of a file',
  },
  clientKey: {
    flag: 'client-key',
    variable: 'CLIENT_KEY_FILE',
    value: 'file',
    meaning: 'private key in PEM of the certificate that the gateway shows to nodes and authorities',
    expected: 'the path of a file',
  },
  clientCert: {
    flag: 'client-cert',
    variable: 'CLIENT_CERT_FILE',
    value: 'file',
    meaning: 'certificate that the gateway shows to nodes and authorities, in PEM; each node demands one over TLS',
    expected: 'the path of a file',
  },
  graphiql: {
    flag: 'graphiql',
    variable: 'GRAPHIQL',
    value: null,
    meaning: 'serve GraphiQL at /',
    expected: '1, true, 0 or false',
  },
  metrics: {
    flag: 'metrics',
    variable: 'METRICS',
    value: '1|0',
    meaning: 'serve /metrics at the operator’s server',
    default: '1',
    expected: '1, true, 0 or false',
  },
  corsOrigin: {
    flag: 'cors-origin',
    variable: 'CORS_ORIGIN',
    value: 'origins',
    meaning: 'web origins whose pages may read answers, separated by commas',
    default: 'none',
    expected: 'origins separated by commas, such as https://tools.example',
  },
  requestDeadline: {
    flag: 'request-deadline',
    variable: 'REQUEST_DEADLINE_MS',
    value: 'ms',
    meaning: 'how long a request may take, in milliseconds',
    default: '8000',
    expected: 'a whole number of milliseconds from 1 to 600000',
  },
  legDeadline: {
    flag: 'leg-deadline',
    variable: 'LEG_DEADLINE_MS',
    value: 'ms',
    meaning: 'how long a leg may take, in milliseconds, unless its country’s file says otherwise',
    default: '2000',
    expected: 'a whole number of milliseconds from 1 to 600000',
  },
  maxAnswerBytes: {
    flag: 'max-answer-bytes',
    variable: 'MAX_ANSWER_BYTES',
    value: 'bytes',
    meaning: 'the largest answer of a leg, in bytes after inflating, unless its country’s file says otherwise',
    default: '4194304',
    expected: 'a whole number of bytes from 1024 to 1073741824',
  },
  legKey: {
    flag: 'leg-key',
    variable: 'LEG_KEY_FILE',
    value: 'file',
    meaning: 'private Ed25519 JWK that signs the leg tokens; without it, the gateway makes a new one at each start',
    expected: 'the path of a file',
  },
  name: {
    flag: 'name',
    variable: 'GATEWAY_NAME',
    value: 'name',
    meaning: 'the gateway’s name: the `iss` claim of its leg tokens',
    default: 'istmo',
    expected: '1 to 256 printable ASCII characters without spaces',
  },
  logLevel: {
    flag: 'log-level',
    variable: 'LOG_LEVEL',
    value: 'level',
    meaning: 'the lowest level that is logged',
    default: 'info',
    expected: `one of ${LOG_LEVELS.join(', ')}`,
  },
  otlpEndpoint: {
    flag: 'otlp-endpoint',
    variable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    value: 'url',
    meaning:
      'OpenTelemetry collector that receives traces and metrics (OTLP over HTTP); without it, the gateway sends none',
    expected: 'an http or https URL without credentials, query and «#»',
  },
  traceContext: {
    flag: 'trace-context',
    variable: 'TRACE_CONTEXT',
    value: null,
    meaning: 'continue the trace that a client’s `traceparent` names; without it, each request begins a new trace',
    expected: '1, true, 0 or false',
  },
  auditLogDir: {
    flag: 'audit-log-dir',
    variable: 'AUDIT_LOG_DIR',
    value: 'dir',
    meaning: 'folder of the audit log; without it, the gateway keeps no audit log (only for development)',
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
    meaning: 'keys that make the pseudonyms of callers and cases, by epoch',
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
      'trust policy (C2SP tlog-policy) that names the audit log’s witnesses and their quorum; without it, the gateway asks no witness',
    expected: 'the path of a file',
  },
  suspensions: {
    flag: 'suspensions',
    variable: 'SUSPENSIONS_DIR',
    value: 'dir',
    meaning:
      'folder in which the gateway keeps what is suspended, and takes what `istmo suspend` puts there (docs/emergencies.md); without it, it follows neither countries nor authorities',
    expected: 'the path of a folder that no other process uses',
  },
  suspenders: {
    flag: 'suspenders',
    variable: 'SUSPENDERS_FILE',
    value: 'file',
    meaning: 'YAML file that names who may suspend at the gateway; without it, only countries and authorities suspend',
    expected: 'the path of a file',
  },
  drain: DRAIN_SETTING,
  operatorListen: {
    flag: 'operator-listen',
    variable: 'OPERATOR_LISTEN',
    value: 'host:port',
    meaning:
      'address of the operator’s server, with /status and /metrics, which tell which country was asked when; port 0 chooses a free one',
    default: 'off',
    expected: 'an address and a port, such as 127.0.0.1:9464, or `off`',
  },
  probePrivateAddresses: {
    flag: 'probe-private-addresses',
    variable: 'PROBE_PRIVATE_ADDRESSES',
    value: null,
    meaning:
      'let probes of a country go to addresses of private networks too, such as a VPN between countries; they go to this machine and its link only with --development',
    expected: '1, true, 0 or false',
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
    meaning:
      'let operations that came before take a shorter way through the gateway; 0 takes the longer way each time, with the same answers, to find a fault',
    default: '1',
    expected: '1, true, 0 or false',
  },
  ...LIMIT_SETTINGS,
} as const satisfies Record<string, Setting>

/** The key of a setting. */
export type SettingKey = keyof typeof GATEWAY_SETTINGS

/** The flags of the command line as they came, by setting key. A switch is true; a flag that was not given may be undefined. */
export type GatewayFlags = Readonly<Partial<Record<SettingKey, string | boolean | undefined>>>
