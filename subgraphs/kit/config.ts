import { nameSetting, readSettings, type SettingsOf, type TextsOf } from '../../service/setting.ts'
import { splitList } from '../../service/setting-forms.ts'
import { NODE_SETTINGS, type NodeFlags } from './settings.ts'

/**
 * Reads the settings of a national node. In a node's process only this file reads the environment. A flag takes precedence over a
 * variable. subgraphs/node-command.ts reads the flags, and subgraphs/kit/settings.ts describes the settings.
 */

/** The settings of a node, after they were checked. */
export type NodeConfig = SettingsOf<typeof NODE_SETTINGS>

/**
 * Reads the settings of a node.
 * @param env the environment; an empty variable counts as absent.
 * @throws {Error} if a value is missing or does not have the expected form. The message names the flag, the variable, what was
 * expected and what came, but no value that may hold a password.
 */
export function readNodeConfig(flags: NodeFlags, env: Readonly<Record<string, string | undefined>>): NodeConfig {
  // An empty flag counts as not set, too: a unit may write it for a variable that is not set.
  const filled = Object.fromEntries(Object.entries(flags).filter(([, flag]) => flag !== ''))
  const { given, values, wrong } = readSettings(NODE_SETTINGS, filled, env)
  const groupErrors = [
    ...listAuditLogErrors(given),
    ...listTlsErrors(given),
    ...listUpstreamErrors(given),
    ...listDatabaseErrors(given),
  ]
  if (values !== null && groupErrors.length === 0) return Object.freeze(values)
  throw new Error(`The node cannot start.\n${[...wrong.map((line) => `- ${line}`), ...groupErrors].join('\n')}`)
}

type Given = TextsOf<typeof NODE_SETTINGS>

/** An audit log needs all three settings: without a folder there is no log, and without the keys it has no checkpoints and no refs. */
function listAuditLogErrors(settings: Given): readonly string[] {
  const given = (['auditLogDir', 'auditLogKey', 'auditLogRefKeys'] as const).filter(
    (key) => settings[key] !== undefined,
  )
  if (given.length === 0 || given.length === 3) return []
  return ['- audit log: set all of --audit-log-dir, --audit-log-key and --audit-log-ref-keys, or none.']
}

/** A node that speaks TLS without demanding a certificate would not know the gateway from a stranger with a leg token. */
function listTlsErrors(settings: Given): readonly string[] {
  const given = (['tlsKey', 'tlsCert', 'tlsClientCa'] as const).filter((key) => settings[key] !== undefined)
  if (given.length === 0 || given.length === 3) return []
  return ['- TLS: set all of --tls-key, --tls-cert and --tls-client-ca, or none.']
}

/** Of two databases, the node would use one and never mention the other. */
function listDatabaseErrors({ databaseUrl, databaseFolder, upstream }: Given): readonly string[] {
  if (upstream !== undefined || databaseUrl === undefined || databaseFolder === undefined) return []
  const { databaseFolder: folder, databaseUrl: url } = NODE_SETTINGS
  return [`- ${nameSetting(folder)}: expected nothing beside ${nameSetting(url)}. Remove one of the two.`]
}

/** Without this check, a domain that no service answers would fail at its first leg, and rows beside a service would never be read. */
function listUpstreamErrors({ upstream, domains, databaseUrl, databaseFolder }: Given): readonly string[] {
  if (upstream === undefined) return []
  const served = splitList(domains ?? '')
  const answered = splitList(upstream).map((text) => text.split('=', 1)[0])
  const isEachOnce = answered.length === served.length && served.every((domain) => answered.includes(domain))
  if (isEachOnce && databaseUrl === undefined && databaseFolder === undefined) return []
  return ['- upstream: set --upstream DOMAIN=URL once for each of --domains, and set no database.']
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
