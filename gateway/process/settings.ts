/**
 * Each setting of the gateway: its form and its default; settings.en.yaml has its variable and its meaning. This table is the source for the values, the
 * command line, its help and docs/operating.md; gateway/process/config.ts reads the values.
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
import { LIMIT_SETTINGS, wordsOf } from './limit-settings.ts'
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
    ...wordsOf('supergraph'),
    isRequired: true,
  }),
  port: setting(PORT, { ...wordsOf('port'), default: '4000' }),
  workers: setting(wholeNumber('number', 1, MAX_WORKERS), { ...wordsOf('workers'), default: '1' }),
  host: setting(HOST, { ...wordsOf('host'), default: '127.0.0.1' }),
  countries: setting(FOLDER, wordsOf('countries')),
  jwks: setting(KEY_SET, wordsOf('jwks')),
  issuer: setting(text('iss', 'the exact `iss` claim of the tokens'), wordsOf('issuer')),
  audience: setting(text('aud', 'the `aud` claim of the tokens'), wordsOf('audience')),
  issuers: setting(FILE, wordsOf('issuers')),
  issuerCountry: setting(COUNTRY, wordsOf('issuerCountry')),
  tokenType: setting(oneOf('typ', ['at+jwt', 'JWT'], '`at+jwt`, or `JWT` for an issuer that cannot write it'), {
    ...wordsOf('tokenType'),
    default: 'at+jwt',
  }),
  policyClaim: setting(text('name', 'the name of a claim'), wordsOf('policyClaim')),
  accessMode: setting(oneOf('mode', ['filter', 'reject', 'dry-run'], '`filter`, `reject` or `dry-run`'), {
    ...wordsOf('accessMode'),
    default: 'filter',
  }),
  anonymous: setting(SWITCH, { ...wordsOf('anonymous'), absent: false }),
  publicUrl: setting(PUBLIC_URL, { ...wordsOf('publicUrl'), default: 'the address it listens on', absent: null }),
  tlsKey: setting(FILE, wordsOf('tlsKey')),
  tlsCert: setting(FILE, wordsOf('tlsCert')),
  tlsClientCa: setting(FILE, wordsOf('tlsClientCa')),
  clientKey: setting(FILE, wordsOf('clientKey')),
  clientCert: setting(FILE, wordsOf('clientCert')),
  landing: setting(FILE, wordsOf('landing')),
  graphiql: setting(SWITCH, { ...wordsOf('graphiql'), absent: false }),
  metrics: setting(ON_OR_OFF, { ...wordsOf('metrics'), default: '1' }),
  corsOrigin: setting(WEB_ORIGINS, { ...wordsOf('corsOrigin'), default: 'none', absent: [] }),
  requestDeadline: setting(milliseconds(1), { ...wordsOf('requestDeadline'), default: '8000' }),
  legDeadline: setting(milliseconds(1), { ...wordsOf('legDeadline'), default: '2000' }),
  maxAnswerBytes: setting(wholeNumber('bytes', 1024, 2 ** 30, 'a whole number of bytes'), {
    ...wordsOf('maxAnswerBytes'),
    default: '4194304',
  }),
  legKey: setting(FILE, wordsOf('legKey')),
  name: setting(NAME, { ...wordsOf('name'), default: 'istmo' }),
  logLevel: setting(oneOf('level', LOG_LEVELS), { ...wordsOf('logLevel'), default: 'info' }),
  otlpEndpoint: setting(COLLECTOR, { ...wordsOf('otlpEndpoint'), absent: null }),
  traceContext: setting(SWITCH, { ...wordsOf('traceContext'), absent: false }),
  auditLogDir: setting(FOLDER, wordsOf('auditLogDir')),
  auditLogKey: setting(FILE, wordsOf('auditLogKey')),
  auditLogRefKeys: setting(FILE, wordsOf('auditLogRefKeys')),
  auditLogShards: setting(oneOf('period', SHARDINGS, 'none, yearly or monthly'), {
    ...wordsOf('auditLogShards'),
    absent: 'none',
  }),
  trustPolicy: setting(FILE, wordsOf('trustPolicy')),
  suspensions: setting(text('dir', 'the path of a folder that no other process uses'), wordsOf('suspensions')),
  suspenders: setting(FILE, wordsOf('suspenders')),
  drain: DRAIN_SETTING,
  operatorListen: setting(listenAddress('127.0.0.1:9464'), { ...wordsOf('operatorListen'), default: 'off' }),
  probePrivateAddresses: setting(SWITCH, { ...wordsOf('probePrivateAddresses'), absent: false }),
  development: setting(SWITCH, { ...wordsOf('development'), absent: false }),
  fast: setting(ON_OR_OFF, { ...wordsOf('fast'), default: '1' }),
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
