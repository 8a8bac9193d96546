import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { isCountryCode } from '../../contract/country-code.ts'
import { COUNTRY_TOKEN_LIFETIME_S } from '../../contract/trust/country-token.ts'
import { needed, optional, schemaOf, usually } from '../../service/file-settings.ts'
import { DRAIN_SETTING, MAX_DRAIN_MS } from '../../service/stop-on-signals.ts'
import { suspendersSchema } from '../../service/suspensions/suspenders.ts'
import { readYamlFile, wrongSetting } from '../../service/yaml-file.ts'
import { CONSOLE_PATH } from '../console/console-routes.ts'
import { CONSOLE_SETTINGS, type ConsoleSettings, consoleSchema, locateConsole } from '../console/settings.ts'
import { type RevealSettings, revealSchema } from './reveal-settings.ts'

const path = z.string().min(1)

/** The longest life of an access token, in seconds (docs/design/trust.md, Who signs what). */
export const MAX_ACCESS_TOKEN_S = 600

const address = z
  .string()
  .refine(
    (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? '') && !/[?#]|\/$/.test(text),
    'expected an http or https address without a slash at its end, without «?» and «#»',
  )

const post = z.strictObject({ agency: z.string().min(1), role: z.string().min(1) })
const thumbprint = z.string().regex(/^[\w-]{43}$/, 'expected the RFC 7638 thumbprint of a key, 43 characters')

const mandatesSchema = z.strictObject({
  /** Who may draft mandates, and who may approve them. Both may revoke. */
  drafters: z.array(post).min(1),
  approvers: z.array(post).min(1),
  /** Thumbprints of the approvers' keys. Partners pin the same. */
  approverKeys: z.array(thumbprint).default([]),
  /** The witnesses of each country, by their names in the trust policy. A country accepts a mandate that one of its witnesses has seen. */
  witnesses: z
    .record(z.string().refine(isCountryCode, 'expected a country code'), z.array(z.string().min(1)).min(1))
    .default({}),
})

/** The settings of a mandate authority: a YAML file with these keys. Paths are relative to the file's folder. */
export const AUTHORITY_SETTINGS = {
  issuer: needed(
    address,
    'its name: the `iss` of its tokens, which partners pin, and the only `aud` of assertions to it',
  ),
  country: needed(
    z.string().refine(isCountryCode, 'expected an ISO 3166-1 alpha-2 code'),
    'the one country whose officers it speaks for',
  ),
  host: usually(z.string().min(1), 'address to listen on', '127.0.0.1'),
  port: usually(z.int().min(0).max(65_535), 'port to listen on; 0 takes a free one', 4120),
  publicUrl: optional(address, 'address at which clients reach it; DPoP proofs must name it', 'the issuer'),
  tls: optional(
    z.strictObject({ cert: path, key: path, clientCa: path }),
    'files { cert, key, clientCa } in PEM. `clientCa` issues the gateways’ certificates: with TLS, a gateway without one gets no token',
    'plain HTTP, only on this machine',
  ),
  database: usually(
    path,
    'folder of its embedded PostgreSQL. The environment variable DATABASE_URL names a server instead',
    'database',
  ),
  auditLog: needed(path, 'folder of its audit log, which is the truth; created if it does not exist'),
  auditLogKey: needed(path, 'signer key of its audit log (`istmo keys`)'),
  refKeys: needed(path, 'keys of the refs in its audit log, and of the subjects that countries see (`istmo keys`)'),
  trustPolicy: optional(
    path,
    'trust policy (C2SP tlog-policy) with the witnesses that cosign its audit log, with their URLs',
    'no witnesses, so no country accepts its mandates',
  ),
  serveEntries: usually(
    z.boolean(),
    'whether everybody who reaches it may read the entries of its audit log; checkpoints and hashes are served always',
    false,
  ),
  signingKeys: needed(path, 'keys that sign its tokens (`istmo authority --new-signing-key`)'),
  providers: needed(path, 'file of the login providers whose tokens say who an officer is (docs/authority.md)'),
  clients: needed(path, 'file of the tools and gateways that may ask for tokens (docs/authority.md)'),
  mandates: needed(
    mandatesSchema,
    '{ drafters, approvers, approverKeys, witnesses }: lists of { agency, role } of those who draft and approve mandates, the thumbprints of the ' +
      'approvers’ keys, and by country the names of its witnesses in the trust policy',
  ),
  suspensions: optional(
    path,
    'folder in which it keeps what is suspended, and takes what `istmo suspend` puts there (docs/emergencies.md)',
    'nobody can suspend anything here',
  ),
  suspenders: usually(
    suspendersSchema,
    'who may suspend here: a list of { name, key } as `istmo keys NAME --suspender FOLDER` prints it. The one whose name is the country’s code ' +
      'also ends what others suspended',
    [],
    'only the keys of `signingKeys`',
  ),
  reveal: optional(
    revealSchema,
    '{ key, auditors, approvers }: the public part of the key that reveals officers, the auditors’ { name, keys }, and who may approve, as ' +
      'lists of { agency, role } (docs/authority.md)',
    'only with --development: officers are not put under seal, and nobody can reveal them later',
  ),
  drainMs: usually(z.int().min(0).max(MAX_DRAIN_MS), DRAIN_SETTING.meaning, Number(DRAIN_SETTING.default)),
  otherUrls: usually(
    z.array(address),
    'further addresses at which clients reach it, which DPoP proofs may name: the `publicUrl` of `istmo console`',
    [],
    'none',
  ),
  console: optional(
    consoleSchema,
    `the console that it serves at ${CONSOLE_PATH} of \`publicUrl\`: { ${Object.keys(CONSOLE_SETTINGS).join(', ')} }, which ` +
      '`istmo console --help` describes (docs/authority.md)',
    'it serves no console',
  ),
  accessTokenSeconds: usually(
    z.int().min(30).max(MAX_ACCESS_TOKEN_S),
    'how long access tokens live, in seconds; at most 600',
    MAX_ACCESS_TOKEN_S,
  ),
  countryTokenSeconds: usually(
    z.int().min(30).max(COUNTRY_TOKEN_LIFETIME_S),
    'how long country tokens live, in seconds; at most 300',
    COUNTRY_TOKEN_LIFETIME_S,
  ),
  tokensPerMinute: usually(
    z.int().min(1),
    'how often one officer may ask for an access token in a minute; further requests get 429 with Retry-After',
    120,
  ),
}

const settingsSchema = schemaOf(AUTHORITY_SETTINGS)

/** The settings of a mandate authority, with absolute paths. Times are in seconds. */
export type AuthoritySettings = Readonly<Omit<z.infer<typeof settingsSchema>, 'console'>> & {
  readonly console?: ConsoleSettings | undefined
}

/** Settings of the command line, which take precedence over those of the file. */
export interface AuthorityOverrides {
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly suspensions?: string | undefined
}

/**
 * Reads the settings.
 * @param file the path of the settings, in YAML.
 * @param flags settings of the command line, which take precedence. Paths in them are relative to the working directory.
 * @throws {ConfigError} if a setting is missing or wrong. The message names the file, the setting, what was expected and the remedy.
 */
export async function readAuthoritySettings(file: string, flags: AuthorityOverrides = {}): Promise<AuthoritySettings> {
  const settings = await readYamlFile(file, settingsSchema, {
    remedy: '`istmo authority --help` describes every setting.',
  })
  const from = (value: string): string => resolve(dirname(file), value)
  const { database, auditLog, auditLogKey, refKeys, trustPolicy, signingKeys, providers, clients, tls, reveal } =
    settings
  const { console: section, ...others } = settings
  checkConsole(file, settings)
  const suspensions = flags.suspensions ?? (settings.suspensions && from(settings.suspensions))
  return Object.freeze({
    ...others,
    ...(section && { console: locateConsole(section, dirname(file)) }),
    ...(flags.host !== undefined && { host: flags.host }),
    ...(flags.port !== undefined && { port: flags.port }),
    database: from(database),
    auditLog: from(auditLog),
    auditLogKey: from(auditLogKey),
    refKeys: from(refKeys),
    signingKeys: from(signingKeys),
    providers: from(providers),
    clients: from(clients),
    ...(suspensions !== undefined && { suspensions }),
    ...(trustPolicy !== undefined && { trustPolicy: from(trustPolicy) }),
    ...(tls && { tls: { cert: from(tls.cert), key: from(tls.key), clientCa: from(tls.clientCa) } }),
    ...(reveal && { reveal: locateRevealKeys(reveal, from) }),
  })
}

/** A console is served at the root of an origin, because its pages name their own paths. */
function checkConsole(
  file: string,
  { console: section, issuer, publicUrl = issuer }: z.infer<typeof settingsSchema>,
): void {
  if (section === undefined || new URL(publicUrl).origin === publicUrl) return
  const expected = 'expected an origin without a path, because the authority serves a console there'
  throw wrongSetting(
    file,
    'publicUrl',
    `${expected}; came ${publicUrl}. \`istmo console\` serves it at another origin.`,
  )
}

function locateRevealKeys(reveal: RevealSettings, from: (path: string) => string): RevealSettings {
  const auditors = reveal.auditors.map(({ name, keys }) => ({ name, keys: keys.map(from) }))
  return { ...reveal, key: from(reveal.key), auditors }
}
