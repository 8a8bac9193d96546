import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { listFilesNamedIn } from '../../service/country-file-names.ts'
import type { NodeConfig } from '../../subgraphs/kit/config.ts'
import { readCountryRules } from '../../subgraphs/kit/rules.ts'
import { NODE_SETTINGS } from '../../subgraphs/kit/settings.ts'
import type { PathSetting } from './node-place.ts'
import { formatSetting, parseEnvFile } from './node-place.ts'

/** The settings in a backup, and where the files that they name are in it and in the folder that a restore makes of it. */

/** The settings of the restored node. */
export const ENV_FILE = 'node.env'

/** The folders in a backup that are not files of {@link FOLDERS}. */
export const BACKUP_FOLDERS = {
  auditLogDir: 'audit-log',
  suspensions: 'suspensions',
  mandatesFolder: 'mandates',
  databaseFolder: 'rows',
} as const satisfies Partial<Record<PathSetting, string>>

type FileSetting = Exclude<PathSetting, keyof typeof BACKUP_FOLDERS | 'rules'>

/** The folder of each file. The country’s file has the place that it has beside the files that it names. */
const FOLDERS: Readonly<Record<FileSetting, string>> = {
  nodeKey: 'keys',
  auditLogKey: 'keys',
  auditLogRefKeys: 'keys',
  tlsKey: 'tls',
  tlsCert: 'tls',
  tlsClientCa: 'tls',
  gatewayJwks: 'gateway',
  trustPolicy: 'trust',
  hitsFile: 'hits',
}

/** The settings that name a secret key, or a file with one. */
export const SECRETS: ReadonlySet<string> = new Set<FileSetting>([
  'nodeKey',
  'auditLogKey',
  'auditLogRefKeys',
  'tlsKey',
  'hitsFile',
])

/** Returns where each file of the settings is in a backup. Two files of one name and folder are told apart by their settings. */
export function placeFiles(config: NodeConfig): ReadonlyMap<FileSetting, string> {
  const places = new Map<FileSetting, string>()
  const sources = new Map<string, string>()
  for (const key of Object.keys(FOLDERS) as FileSetting[]) {
    const file = config[key]
    if (file === undefined || isUrl(file)) continue
    const plain = join(FOLDERS[key], basename(file))
    const path = (sources.get(plain) ?? file) === file ? plain : join(FOLDERS[key], `${key}-${basename(file)}`)
    sources.set(path, file)
    places.set(key, path)
  }
  return places
}

/**
 * Lists the country’s file and the files that it names, with the folder that has all of them.
 * @throws {ConfigError} if the country’s file is wrong.
 */
export async function listRuleFiles(
  file: string,
  country: string,
): Promise<{ readonly root: string; readonly files: readonly string[] }> {
  await readCountryRules(file, country)
  const named = listFilesNamedIn(await readFile(file, 'utf8')).map((each) => resolve(file, '..', each.file))
  const files = [...new Set([file, ...named])]
  return { root: commonFolder(files), files }
}

function commonFolder(files: readonly string[]): string {
  let root = dirname(files[0] ?? '')
  for (const file of files) while (!file.startsWith(root === '/' ? root : `${root}/`)) root = dirname(root)
  return root
}

/**
 * Writes the settings of a node as they are in the folder that a restore makes: paths are relative to it.
 * @param hasKeys whether the password of the database may be in them.
 */
export async function writeSettings(config: NodeConfig, hasKeys: boolean): Promise<string> {
  const lines: string[] = []
  for (const [key, { variable, meaning }] of Object.entries(NODE_SETTINGS)) {
    const value = await settingText(key as keyof NodeConfig, config, hasKeys)
    if (value !== null) lines.push(`# ${meaning}`, formatSetting(variable, value), '')
  }
  return lines.join('\n')
}

async function settingText(key: keyof NodeConfig, config: NodeConfig, hasKeys: boolean): Promise<string | null> {
  const { rules, upstream, operatorListen: operator, callerTime } = config
  // Without a limit it is null. That is not the setting's default.
  if (key === 'callerTime') return callerTime === null ? '0' : `${callerTime.perSecond}:${callerTime.burst}`
  const value = config[key]
  if (value === undefined || value === null) return null
  if (key === 'rules') {
    const { root } = await listRuleFiles(rules ?? '', config.country)
    return join('rules', relative(root, rules ?? ''))
  }
  if (Object.hasOwn(BACKUP_FOLDERS, key)) return BACKUP_FOLDERS[key as keyof typeof BACKUP_FOLDERS]
  const place = placeFiles(config).get(key as FileSetting)
  if (place !== undefined) return place
  if (key === 'upstream') return (upstream ?? []).map(({ domain, url }) => `${domain}=${url}`).join(',')
  if (key === 'operatorListen') return operator === null ? null : `${formatHost(operator.host)}:${operator.port}`
  if (key === 'databaseUrl' && !hasKeys) return withoutPassword(String(value))
  return toText(config[key])
}

/** A setting of another shape needs its own line in {@link settingText}, so that a restored node can read it. */
function toText(value: string | number | boolean | readonly string[] | null | undefined): string {
  return String(value)
}

function formatHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** PostgreSQL takes addresses that the platform's URL refuses: with a user and without a host, or with several hosts. */
function withoutPassword(url: string): string {
  return url.replace(/^([^/]*\/\/[^/?#:@]*):[^/?#]*@/, '$1@').replace(/([?&])password=[^&]*/g, '$1')
}

function isUrl(text: string): boolean {
  return /^https?:\/\//.test(text)
}

/** A file that a restored country's file names by the path that it had on the machine of the backup. */
interface AbsoluteName {
  /** Where the country's file names it: `domains.cases.sdl`. */
  readonly where: string
  readonly file: string
  /** The path of its copy, relative to the country's file; null if the backup has none. */
  readonly copy: string | null
}

/**
 * Lists the files that the country's file of a restored node names by absolute paths: the node would read those, or nothing, and not the copies beside it.
 * Nothing is rewritten, because the gateway compares what the file says.
 * @param folder the folder of the restored node.
 * @returns the path of the country's file in the folder too; it is empty if the node has none.
 */
export async function findAbsoluteNames(
  folder: string,
): Promise<{ readonly rules: string; readonly names: readonly AbsoluteName[] }> {
  const env = join(folder, ENV_FILE)
  const { RULES_FILE: rules = '' } = parseEnvFile(await readFile(env, 'utf8'), env)
  if (rules === '') return { rules, names: [] }
  const file = join(folder, rules)
  const names = listFilesNamedIn(await readFile(file, 'utf8')).filter((each) => isAbsolute(each.file))
  return {
    rules,
    names: names.map(({ path, file: name }) => {
      // A copy stands where the file stood, below the folder that all files of the country had in common: its path there ends the path that it had.
      const parts = name.split('/').slice(1)
      const copy = parts.map((_, at) => join(folder, 'rules', ...parts.slice(at))).find((each) => existsSync(each))
      return { where: path.join('.'), file: name, copy: copy === undefined ? null : relative(dirname(file), copy) }
    }),
  }
}
