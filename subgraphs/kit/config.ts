import { parseArgs } from 'node:util'
import { z } from 'zod'
import { isCountryCode } from '../../contract/country-code.ts'
import { DOMAINS, type Domain, isDomain } from '../../contract/domain.ts'

/**
 * The settings of a national node. The one file that reads the environment in a node's process; a flag wins over a variable.
 */

/** The name that the gateway signs its leg tokens with, where nothing else is said. */
export const DEFAULT_GATEWAY_ISSUER = 'istmo'

const LOOPBACK_HOSTS = ['127.0.0.1', '[::1]', 'localhost']

/** Who reaches the service could make up what is said of the caller, hence plain HTTP on the same machine alone. */
const upstreamSetting = z
  .string()
  .regex(/^[a-z]+=https?:\/\/\S+$/, 'expected DOMAIN=URL')
  .refine((text) => isDomain(text.split('=', 1)[0] ?? ''), `expected a domain of ${DOMAINS.join(', ')} before the =`)
  .refine((text) => isUpstreamUrl(text.slice(text.indexOf('=') + 1)), 'expected https, or http to a loopback address')
  .transform((text) => ({ domain: text.split('=', 1)[0] as Domain, url: text.slice(text.indexOf('=') + 1) }))

function isUpstreamUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, hash } = new URL(text)
  return username === '' && hash === '' && (protocol === 'https:' || LOOPBACK_HOSTS.includes(hostname))
}

const settings = z.strictObject({
  /** The country whose rows these are: ISO 3166-1 alpha-2, or UN. */
  country: z.string().refine(isCountryCode, 'expected a code of ISO 3166-1 alpha-2, or UN'),
  /** Which domains this process serves, each at `/<domain>`. */
  domains: z
    .array(z.string().refine(isDomain, `expected of ${DOMAINS.join(', ')}`))
    .min(1)
    .readonly(),
  /** The address that is listened on. */
  host: z.string().min(1).default('127.0.0.1'),
  /** The port; 0 takes a free one. */
  port: z.coerce.number().int().min(0).max(65_535),
  /** A PostgreSQL server of version 15 or later; left out, PGlite. */
  databaseUrl: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'expected postgres://…')
    .optional(),
  /** Where PGlite keeps the rows; left out, they are gone when the process ends. */
  databaseFolder: z.string().min(1).optional(),
  /** Where each domain is asked that a service of the country's own answers: the node decides, and passes on. */
  upstream: z.array(upstreamSetting).readonly().optional(),
  /** The gateway's public key set: a file, or an `http(s)` URL. */
  gatewayJwks: z.string().min(1),
  /** The gateway's name, `iss` of its leg tokens. */
  gatewayIssuer: z.string().min(1).default(DEFAULT_GATEWAY_ISSUER),
  /** The country's own copy of its country file: whom it recognises, its policies and its own SDLs. */
  rules: z.string().min(1).optional(),
  /** The smallest count that this country gives out in statistics; its smaller neighbours are left out. */
  countThreshold: z.coerce.number().int().min(1).default(5),
  /** Whom a hit is to be followed up with, shown in `personHits`. */
  contactPoint: z.string().min(1).nullable().default(null),
  /** Folder of the country's own record of legs; with the two keys. Left out, nothing is recorded. */
  auditLogDir: z.string().min(1).optional(),
  /** File with the signer key of the record's checkpoints. */
  auditLogKey: z.string().min(1).optional(),
  /** File with the keys of the pseudonyms of records, cases and callers. */
  auditLogRefKeys: z.string().min(1).optional(),
  /** How much is logged. */
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

/** The settings of a node, checked. */
export type NodeConfig = z.infer<typeof settings>

/** A setting's flag, environment variable and meaning. docs/operating.md is made from it. */
export interface SettingName {
  readonly flag: string
  readonly variable: string
  readonly meaning: string
}

/** The settings that are lists, their items separated by commas. */
const LISTS: ReadonlySet<string> = new Set(['domains', 'upstream'] satisfies (keyof NodeConfig)[])

/** Where each setting is read from; the flag first. */
export const SETTING_NAMES: Readonly<Record<keyof NodeConfig, SettingName>> = {
  country: { flag: 'country', variable: 'COUNTRY', meaning: 'the country whose rows the node serves (required)' },
  domains: {
    flag: 'domains',
    variable: 'DOMAINS',
    meaning: 'the domains that this process serves, separated by commas (required)',
  },
  host: { flag: 'host', variable: 'HOST', meaning: 'address to listen on (127.0.0.1)' },
  port: { flag: 'port', variable: 'PORT', meaning: 'port to listen on; 0 chooses a free one (required)' },
  databaseUrl: {
    flag: 'database-url',
    variable: 'DATABASE_URL',
    meaning: 'a PostgreSQL server, version 15 or later; without it, the node uses an embedded PostgreSQL',
  },
  databaseFolder: {
    flag: 'database-folder',
    variable: 'DATABASE_FOLDER',
    meaning: 'folder in which the embedded PostgreSQL keeps the rows; without it, they are lost when the process ends',
  },
  upstream: {
    flag: 'upstream',
    variable: 'UPSTREAM',
    meaning:
      'DOMAIN=URL, once for each domain (in the variable, separated by commas): a service of your own that answers what the node allows (docs/access.md); with it, set no database',
  },
  gatewayJwks: {
    flag: 'gateway-jwks',
    variable: 'LEG_JWKS_FILE',
    meaning: 'the gateway’s public key set: a file or a URL (required)',
  },
  gatewayIssuer: {
    flag: 'gateway-issuer',
    variable: 'GATEWAY_ISSUER',
    meaning: 'the gateway’s name: the `iss` claim of its leg tokens (istmo)',
  },
  rules: {
    flag: 'rules',
    variable: 'RULES_FILE',
    meaning:
      'the country’s own copy of its country file, with task forces, policies and SDLs (docs/access.md); without it, the node recognises nobody',
  },
  countThreshold: {
    flag: 'count-threshold',
    variable: 'COUNT_THRESHOLD',
    meaning: 'the smallest count that the node shows in statistics (5)',
  },
  contactPoint: {
    flag: 'contact-point',
    variable: 'CONTACT_POINT',
    meaning: 'whom to contact about a hit; `personHits` shows it',
  },
  auditLogDir: {
    flag: 'audit-log-dir',
    variable: 'AUDIT_LOG_DIR',
    meaning: 'folder of the country’s own audit log; without it, the node keeps no audit log (only for development)',
  },
  auditLogKey: {
    flag: 'audit-log-key',
    variable: 'AUDIT_LOG_KEY_FILE',
    meaning: 'key that signs the audit log’s checkpoints (C2SP signed note); the key’s name is the log’s origin',
  },
  auditLogRefKeys: {
    flag: 'audit-log-ref-keys',
    variable: 'AUDIT_LOG_REF_KEYS_FILE',
    meaning: 'the country’s keys that make the pseudonyms of records, cases and callers, by epoch',
  },
  logLevel: { flag: 'log-level', variable: 'LOG_LEVEL', meaning: 'the lowest level that is logged (info)' },
}

/**
 * Reads a node's settings.
 * @param argv the flags, without the program and the command: `--country HN --domains cases,persons --port 4101`.
 * @param env the environment; an empty variable counts as absent.
 * @throws {Error} when a flag is unknown, or a value is missing or not of the form: the message names the flag, the variable, what
 * was expected, and never the value.
 */
export function parseNodeConfig(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): NodeConfig {
  const flags = readFlags(argv)
  const given: Record<string, unknown> = {}
  for (const [key, { flag, variable }] of Object.entries(SETTING_NAMES)) {
    const value = flags[flag] ?? (env[variable] || undefined)
    if (value !== undefined) given[key] = LISTS.has(key) ? value.split(',').map((name) => name.trim()) : value
  }
  const parsed = settings.safeParse(given, { reportInput: true })
  if (parsed.success) {
    checkRecord(parsed.data)
    checkUpstream(parsed.data)
    return Object.freeze(parsed.data)
  }
  throw new Error(`The node cannot start.\n${parsed.error.issues.map(describeIssue).join('\n')}`)
}

/** A record needs all three settings: a receipt without a log, or a log without keys, would be none. */
function checkRecord(config: NodeConfig): void {
  const given = (['auditLogDir', 'auditLogKey', 'auditLogRefKeys'] as const).filter((key) => config[key] !== undefined)
  if (given.length === 0 || given.length === 3) return
  throw new Error(
    'The node cannot start.\n- audit log: set all of --audit-log-dir, --audit-log-key and --audit-log-ref-keys, or none.',
  )
}

/** A domain that no service answers would be refused at its first leg; rows beside a service would never be asked. */
function checkUpstream({ upstream, domains, databaseUrl, databaseFolder }: NodeConfig): void {
  if (upstream === undefined) return
  const asked = upstream.map(({ domain }) => domain)
  const isEachOnce = asked.length === domains.length && domains.every((domain) => asked.includes(domain))
  if (isEachOnce && databaseUrl === undefined && databaseFolder === undefined) return
  throw new Error(
    'The node cannot start.\n- upstream: give --upstream DOMAIN=URL once for each of --domains, and no database.',
  )
}

function readFlags(argv: readonly string[]): Readonly<Record<string, string | undefined>> {
  const options = Object.fromEntries(
    Object.values(SETTING_NAMES).map(({ flag }) => [flag, { type: 'string' as const, multiple: flag === 'upstream' }]),
  )
  try {
    const { values } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false })
    return Object.fromEntries(Object.entries(values).map(([flag, value]) => [flag, String(value)]))
  } catch (error) {
    const known = Object.keys(options).map((flag) => `--${flag}`)
    throw new Error(`The node cannot start. ${(error as Error).message}\nThe flags are ${known.join(', ')}.`, {
      cause: error,
    })
  }
}

function describeIssue({ path, message, code, ...issue }: z.core.$ZodIssue): string {
  const [key = '', ...rest] = path
  const { flag, variable } = SETTING_NAMES[key as keyof NodeConfig]
  const place = rest.length > 0 ? `, item ${rest.map((index) => Number(index) + 1).join('.')}` : ''
  const what = code === 'invalid_type' && issue.input === undefined ? 'is required' : message
  return `- ${String(key)}${place}: ${what}. Set --${flag} or the environment variable ${variable}.`
}

/** The environment of this process, for the command that starts a node. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env
}

/** URL of a PostgreSQL server on which the tests run, as a role that may create databases and roles; undefined for PGlite. */
export function testServerUrl(): string | undefined {
  return process.env.ISTMO_TEST_DATABASE_URL || undefined
}
