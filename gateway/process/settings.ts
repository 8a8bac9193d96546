/**
 * Each setting of the gateway: its flag and its variable, its form, its default and its meaning. This table is the source for the values, the command
 * line, its help and docs/operating.md; gateway/process/config.ts reads the values.
 */
import { z } from 'zod'
import { SHARDINGS } from '../../audit/shards/period.ts'
import { MAX_WORKERS } from '../../contract/audit-log/gateway-entries.ts'
import { isCountryCode } from '../../contract/country-code.ts'
import { isSafeKeySetLocation } from '../../service/addresses.ts'
import { type FlagsOf, type SettingTable, setting } from '../../service/setting.ts'
import {
  FILE,
  FOLDER,
  form,
  HOST,
  listenAddress,
  milliseconds,
  ON_OR_OFF,
  oneOf,
  PORT,
  SWITCH,
  splitList,
  text,
  wholeNumber,
} from '../../service/setting-forms.ts'
import { DRAIN_SETTING } from '../../service/stop-on-signals.ts'
import { LIMIT_SETTINGS } from './limit-settings.ts'
import { LOG_LEVELS } from './logger.ts'

const KEY_SET = form(
  'url|file',
  'an https URL, an http URL on this machine, or the path of a file',
  z.string().min(1).refine(isSafeKeySetLocation),
)

const COUNTRY = form('code', 'an ISO 3166-1 alpha-2 code, or UN', z.string().refine(isCountryCode))

const PUBLIC_URL = form(
  'url',
  'an http or https URL without credentials, query and fragment',
  z
    .string()
    .refine(isPlainUrl)
    .transform((url) => url.replace(/\/+$/, '')),
)

const COLLECTOR = form('url', 'an http or https URL without credentials, query and «#»', z.string().refine(isPlainUrl))

const WEB_ORIGINS = form(
  'origins',
  'origins separated by commas, such as https://tools.example',
  z
    .string()
    .transform(splitList)
    .refine((origins) => origins.every(isWebOrigin)),
)

const NAME = form(
  'name',
  '1 to 256 printable ASCII characters without spaces',
  z.string().regex(/^[\x21-\x7E]{1,256}$/),
)

/** The settings by key, without those of limits. */
export const OWN_SETTINGS = {
  supergraph: setting(text('file', 'the path of a supergraph that `npm run generate` or Rover composed'), {
    flag: 'supergraph',
    variable: 'SUPERGRAPH_FILE',
    meaning: 'the composed supergraph',
    isRequired: true,
  }),
  port: setting(PORT, {
    flag: 'port',
    variable: 'PORT',
    meaning: 'port to listen on; 0 chooses a free one',
    default: '4000',
  }),
  workers: setting(wholeNumber('number', 1, MAX_WORKERS), {
    flag: 'workers',
    variable: 'WORKERS',
    meaning:
      'how many processes answer requests at this port; each has an audit log of its own below --audit-log-dir, and all of them one identity',
    default: '1',
  }),
  host: setting(HOST, {
    flag: 'host',
    variable: 'HOST',
    meaning: 'address to listen on',
    default: '127.0.0.1',
  }),
  countries: setting(FOLDER, {
    flag: 'countries',
    variable: 'COUNTRIES_DIR',
    meaning: 'folder with one YAML file for each participant; without it, no country takes part',
  }),
  jwks: setting(KEY_SET, {
    flag: 'jwks',
    variable: 'JWKS_URL',
    meaning: 'key set of the issuer that signs access tokens',
  }),
  issuer: setting(text('iss', 'the exact `iss` claim of the tokens'), {
    flag: 'issuer',
    variable: 'ISSUER',
    meaning: 'the `iss` claim of this issuer’s tokens',
  }),
  audience: setting(text('aud', 'the `aud` claim of the tokens'), {
    flag: 'audience',
    variable: 'AUDIENCE',
    meaning: 'the `aud` claim that this issuer’s tokens must have: the gateway’s own name',
  }),
  issuers: setting(FILE, {
    flag: 'issuers',
    variable: 'ISSUERS_FILE',
    meaning: 'YAML file that names several issuers; use it instead of --jwks, --issuer and --audience',
  }),
  issuerCountry: setting(COUNTRY, {
    flag: 'issuer-country',
    variable: 'ISSUER_COUNTRY',
    meaning: 'the country that the issuer speaks for; omit it only for a development issuer',
  }),
  tokenType: setting(oneOf('typ', ['at+jwt', 'JWT'], '`at+jwt`, or `JWT` for an issuer that cannot write it'), {
    flag: 'token-type',
    variable: 'TOKEN_TYPE',
    meaning: 'the `typ` header of this issuer’s tokens',
    default: 'at+jwt',
  }),
  policyClaim: setting(text('name', 'the name of a claim'), {
    flag: 'policy-claim',
    variable: 'POLICY_CLAIM',
    meaning:
      'claim of this issuer’s tokens that lists the granted policies, for `@policy` in subgraphs that no country publishes',
  }),
  accessMode: setting(oneOf('mode', ['filter', 'reject', 'dry-run'], '`filter`, `reject` or `dry-run`'), {
    flag: 'access-mode',
    variable: 'ACCESS_MODE',
    meaning:
      'how to treat an operation that contains denied fields: filter answers the other fields, reject answers none, dry-run asks no country and says what would be denied',
    default: 'filter',
  }),
  anonymous: setting(SWITCH, {
    flag: 'anonymous',
    variable: 'ANONYMOUS',
    meaning: 'accept requests without a token; the gateway still rejects an invalid token',
    absent: false,
  }),
  publicUrl: setting(PUBLIC_URL, {
    flag: 'public-url',
    variable: 'PUBLIC_URL',
    meaning: 'address that callers use to reach the gateway; DPoP proofs name it',
    default: 'the address it listens on',
    absent: null,
  }),
  tlsKey: setting(FILE, {
    flag: 'tls-key',
    variable: 'TLS_KEY_FILE',
    meaning: 'private key of the gateway in PEM; with --tls-cert, the gateway speaks TLS',
  }),
  tlsCert: setting(FILE, {
    flag: 'tls-cert',
    variable: 'TLS_CERT_FILE',
    meaning: 'certificate of the gateway and its chain up to the authority, in PEM',
  }),
  tlsClientCa: setting(FILE, {
    flag: 'tls-client-ca',
    variable: 'TLS_CLIENT_CA_FILE',
    meaning: 'authorities of callers’ certificates in PEM; needed for tokens that name a certificate (RFC 8705)',
  }),
  clientKey: setting(FILE, {
    flag: 'client-key',
    variable: 'CLIENT_KEY_FILE',
    meaning: 'private key in PEM of the certificate that the gateway shows to nodes and authorities',
  }),
  clientCert: setting(FILE, {
    flag: 'client-cert',
    variable: 'CLIENT_CERT_FILE',
    meaning: 'certificate that the gateway shows to nodes and authorities, in PEM; each node demands one over TLS',
  }),
  graphiql: setting(SWITCH, {
    flag: 'graphiql',
    variable: 'GRAPHIQL',
    meaning: 'serve GraphiQL at /',
    absent: false,
  }),
  metrics: setting(ON_OR_OFF, {
    flag: 'metrics',
    variable: 'METRICS',
    meaning: 'serve /metrics at the operator’s server',
    default: '1',
  }),
  corsOrigin: setting(WEB_ORIGINS, {
    flag: 'cors-origin',
    variable: 'CORS_ORIGIN',
    meaning: 'web origins whose pages may read answers, separated by commas',
    default: 'none',
    absent: [],
  }),
  requestDeadline: setting(milliseconds(1), {
    flag: 'request-deadline',
    variable: 'REQUEST_DEADLINE_MS',
    meaning: 'how long a request may take, in milliseconds',
    default: '8000',
  }),
  legDeadline: setting(milliseconds(1), {
    flag: 'leg-deadline',
    variable: 'LEG_DEADLINE_MS',
    meaning: 'how long a leg may take, in milliseconds, unless its country’s file says otherwise',
    default: '2000',
  }),
  maxAnswerBytes: setting(wholeNumber('bytes', 1024, 2 ** 30, 'a whole number of bytes'), {
    flag: 'max-answer-bytes',
    variable: 'MAX_ANSWER_BYTES',
    meaning: 'the largest answer of a leg, in bytes after inflating, unless its country’s file says otherwise',
    default: '4194304',
  }),
  legKey: setting(FILE, {
    flag: 'leg-key',
    variable: 'LEG_KEY_FILE',
    meaning: 'private Ed25519 JWK that signs the leg tokens; without it, the gateway makes a new one at each start',
  }),
  name: setting(NAME, {
    flag: 'name',
    variable: 'GATEWAY_NAME',
    meaning: 'the gateway’s name: the `iss` claim of its leg tokens',
    default: 'istmo',
  }),
  logLevel: setting(oneOf('level', LOG_LEVELS), {
    flag: 'log-level',
    variable: 'LOG_LEVEL',
    meaning: 'the lowest level that is logged',
    default: 'info',
  }),
  otlpEndpoint: setting(COLLECTOR, {
    flag: 'otlp-endpoint',
    variable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    meaning:
      'OpenTelemetry collector that receives traces and metrics (OTLP over HTTP); without it, the gateway sends none',
    absent: null,
  }),
  traceContext: setting(SWITCH, {
    flag: 'trace-context',
    variable: 'TRACE_CONTEXT',
    meaning: 'continue the trace that a client’s `traceparent` names; without it, each request begins a new trace',
    absent: false,
  }),
  auditLogDir: setting(FOLDER, {
    flag: 'audit-log-dir',
    variable: 'AUDIT_LOG_DIR',
    meaning: 'folder of the audit log; without it, the gateway keeps no audit log (only for development)',
  }),
  auditLogKey: setting(FILE, {
    flag: 'audit-log-key',
    variable: 'AUDIT_LOG_KEY_FILE',
    meaning: 'key that signs the audit log’s checkpoints (C2SP signed note); the key’s name is the log’s origin',
  }),
  auditLogRefKeys: setting(FILE, {
    flag: 'audit-log-ref-keys',
    variable: 'AUDIT_LOG_REF_KEYS_FILE',
    meaning: 'keys that make the pseudonyms of callers and cases, by epoch',
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
      'trust policy (C2SP tlog-policy) that names the audit log’s witnesses and their quorum; without it, the gateway asks no witness',
  }),
  suspensions: setting(text('dir', 'the path of a folder that no other process uses'), {
    flag: 'suspensions',
    variable: 'SUSPENSIONS_DIR',
    meaning:
      'folder in which the gateway keeps what is suspended, and takes what `istmo suspend` puts there (docs/emergencies.md); without it, it follows neither countries nor authorities',
  }),
  suspenders: setting(FILE, {
    flag: 'suspenders',
    variable: 'SUSPENDERS_FILE',
    meaning: 'YAML file that names who may suspend at the gateway; without it, only countries and authorities suspend',
  }),
  drain: DRAIN_SETTING,
  operatorListen: setting(listenAddress('127.0.0.1:9464'), {
    flag: 'operator-listen',
    variable: 'OPERATOR_LISTEN',
    meaning:
      'address of the operator’s server, with /status and /metrics, which tell which country was asked when; port 0 chooses a free one',
    default: 'off',
  }),
  probePrivateAddresses: setting(SWITCH, {
    flag: 'probe-private-addresses',
    variable: 'PROBE_PRIVATE_ADDRESSES',
    meaning:
      'let probes of a country go to addresses of private networks too, such as a VPN between countries; they go to this machine and its link only with --development',
    absent: false,
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
    meaning:
      'let operations that came before take a shorter way through the gateway; 0 takes the longer way each time, with the same answers, to find a fault',
    default: '1',
  }),
} satisfies SettingTable

/** Each setting of the gateway, by key. A flag overrides its variable; an empty variable counts as not set. */
export const GATEWAY_SETTINGS = { ...OWN_SETTINGS, ...LIMIT_SETTINGS }

/** The key of a setting. */
export type SettingKey = keyof typeof GATEWAY_SETTINGS

/** The flags of the command line as they came, by setting key. */
export type GatewayFlags = FlagsOf<typeof GATEWAY_SETTINGS>

/** Returns whether this is an http or https URL without credentials, query and fragment. */
function isPlainUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || !['https:', 'http:'].includes(url.protocol)) return false
  return url.username === '' && url.password === '' && !/[?#]/.test(text)
}

/** Returns whether this is an origin as browsers write it (RFC 6454 section 6.1). A wildcard or `null` is not. */
function isWebOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && ['https:', 'http:'].includes(url.protocol) && url.origin === text
}
