import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { isCountryCode } from '../../contract/country-code.ts'
import { needed, optional, schemaOf, usually } from '../../service/file-settings.ts'
import { readYamlFile } from '../../service/yaml-file.ts'

const path = z.string().min(1)

/** The least `acr` of an auditor's token, if the settings do not say it: two factors. */
const DEFAULT_ACR = '2'

const acr = z.string().regex(/^[\x21-\x7E]{1,256}$/, 'expected a value of the claim `acr` in quotes, such as "2"')

const regionalAgency = z.strictObject(
  {
    issuer: z.string().refine(isCountryCode, 'expected the code of the country whose issuer signs the token'),
    agency: z.string().min(1),
    acr: acr.default(DEFAULT_ACR),
  },
  'expected { issuer: GT, agency: SICA-OVERSIGHT, acr: "2" }, because any issuer could name an agency',
)

const origin = z
  .string()
  .refine(
    (text) => /^https?:/.test(text) && URL.parse(text)?.origin === text,
    'expected an origin, such as https://consola.mp.gob.gt, without a slash at its end',
  )

/** The settings of the auditors' GraphQL: a YAML file with these keys. Paths are relative to the file's folder. */
export const OVERSIGHT_SETTINGS = {
  host: usually(z.string().min(1), 'address to listen on', '127.0.0.1'),
  port: usually(z.int().min(0).max(65_535), 'port to listen on; 0 takes a free one', 4111),
  publicUrl: optional(
    z.url(),
    'address at which auditors reach it, without a path; DPoP proofs must name it',
    'the address it listens on',
  ),
  issuers: needed(path, 'file of the issuers of tokens, in the gateway’s form (docs/operating.md)'),
  logs: needed(
    z.array(path).min(1),
    'list of the audit logs to read: folders or URLs; it looks again for a log that does not exist yet',
  ),
  policies: needed(z.array(path).min(1), 'list of trust policies (C2SP tlog-policy) that name the keys of the logs'),
  database: needed(
    path,
    'the index: a folder for an embedded PostgreSQL, or the postgres:// URL of a server; not the database of the gateway or of a country',
  ),
  auditLog: needed(
    path,
    'folder of its own audit log, in which each reading is an entry; created if it does not exist',
  ),
  auditLogKey: needed(path, 'signer key of its own audit log'),
  refKeys: needed(path, 'keys of the refs in its own audit log'),
  trustPolicy: optional(
    path,
    'trust policy (C2SP tlog-policy) with the witnesses that cosign its own audit log, with their URLs',
    'no witnesses, so nobody notices an older copy of its own audit log',
  ),
  regionalAgencies: usually(
    z.array(regionalAgency),
    'list of { issuer, agency, acr }: agencies whose auditors see all entries. `issuer` is the country whose issuer signs the token, ' +
      '`agency` is `org.agency`, and `acr` is the least level of the login (2 by default). Other auditors see what touched their country',
    [],
    'none',
  ),
  leastAcr: usually(acr, 'the least `acr` of the tokens of all other auditors', DEFAULT_ACR),
  corsOrigins: usually(
    z.array(origin),
    'list of origins whose pages may ask it in an auditor’s browser: the `publicUrl` of each country’s console',
    [],
    'none',
  ),
  followEverySeconds: usually(
    z.number().min(0.1).max(3_600),
    'how often it reads new entries of the logs, in seconds',
    5,
  ),
}

/** The settings that are paths or URLs, or lists of them. */
const PATHS = new Set(['issuers', 'logs', 'policies', 'database', 'auditLog', 'auditLogKey', 'refKeys', 'trustPolicy'])

const settingsSchema = schemaOf(OVERSIGHT_SETTINGS)

/** The settings of the auditors' GraphQL, with absolute paths. */
export type OversightSettings = Readonly<z.infer<typeof settingsSchema>>

/**
 * Reads the settings.
 * @throws {ConfigError} if a setting is missing or wrong. The message names the file and the setting.
 */
export async function readOversightSettings(file: string): Promise<OversightSettings> {
  const settings = await readYamlFile(file, settingsSchema, {
    remedy: '`istmo oversight --help` describes every setting.',
  })
  const from = (value: string) => (/^[a-z]+:\/\//.test(value) ? value : resolve(dirname(file), value))
  const paths = Object.entries(settings).flatMap(([key, value]) => {
    if (!PATHS.has(key)) return []
    return [[key, Array.isArray(value) ? value.map((each) => from(String(each))) : from(String(value))]]
  })
  return Object.freeze({ ...settings, ...Object.fromEntries(paths) })
}
