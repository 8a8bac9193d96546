import { createHash, hash, randomBytes } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { exists } from '../../audit/if-there.ts'
import { writeRequest } from '../../audit/inbox/inbox-folder.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { DOMAINS } from '../../contract/domain.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { readLogSigner } from '../../service/audit-log/key-files.ts'
import { osUser } from '../../service/audit-log/os-user.ts'
import { appendEntry } from '../../service/audit-log/own-log.ts'
import { listFilesNamedIn } from '../../service/country-file-names.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { FolderInUseError, lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { syncFolder } from '../../service/replace-file.ts'
import { UsageError } from '../../service/usage-error.ts'
import { readVersion } from '../../service/version.ts'
import type { NodeConfig } from '../../subgraphs/kit/config.ts'
import { type DatabaseOptions, openDatabase } from '../../subgraphs/kit/database.ts'
import { askForFolderCopy, CopyRefused } from '../../subgraphs/kit/folder-copies.ts'
import { readCountryRules } from '../../subgraphs/kit/rules.ts'
import { NODE_SETTINGS } from '../../subgraphs/kit/settings.ts'
import { copyAuditLog, copyPrivate, copyRows, copyTree, isFolderOpen, waitForPublication } from './copies.ts'
import { readLogState } from './log-state.ts'
import { formatSetting, type NodePlace, type PathSetting, parseEnvFile } from './node-place.ts'
import { nextKeyFile } from './rotate-command.ts'

/** What a backup holds, and how it is made (docs/decisions/0085-backups-take-the-log-last.md). */
export interface BackupOptions {
  readonly place: NodePlace
  /** The folder of the backup. It must not exist, or be empty. */
  readonly target: string
  readonly hasKeys: boolean
  readonly hasSalts: boolean
  readonly hasRows: boolean
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Called from time to time with the number of copied rows. */
  readonly onRows: (rows: number) => void
}

/** Where the copied rows are in a backup. */
export const ROWS_FOLDER = 'rows-copy'

/**
 * Makes a backup of a node that may be running: rows first, and its audit log last, so that no row is in it whose entry was written before and is not.
 * Nobody sees the folder before it is complete.
 * @throws {UsageError} if the target is not empty, at the begin or at the end, or if a process that has the embedded database open makes no copy of it.
 */
export async function makeBackup(options: BackupOptions): Promise<Manifest> {
  const { target, hasKeys, now } = options
  const { config } = options.place
  await requireEmptyTarget(target)
  return makeFolder(target, async (draft) => {
    const madeAt = new Date(now()).toISOString()
    const rows = options.hasRows ? await backUpRows(config, draft, options.onRows) : null
    const log = await backUpLog(config, draft, options)
    const leftOut = await backUpFiles(config, draft, hasKeys)
    await writeFile(join(draft, ENV_FILE), await writeSettings(config, hasKeys), { mode: 0o600, flag: 'wx' })
    const manifest: Manifest = {
      format: 'istmo-backup/1',
      id: randomBytes(16).toString('base64url'),
      madeAt,
      version: readVersion(),
      country: config.country,
      domains: [...config.domains],
      log,
      rows,
      hasKeys,
      leftOut: [...leftOut],
      files: await listFiles(draft),
    }
    const text = `${JSON.stringify(manifest, undefined, 2)}\n`
    await writeFile(join(draft, MANIFEST_FILE), text, { mode: 0o600 })
    // No entry of a backup that cannot stand there, and no backup without its entry.
    await requireEmptyTarget(target)
    await noteBackup(config, manifest, hash('sha256', text), now)
    return manifest
  })
}

/**
 * Makes a folder that appears when everything is in it: it is filled beside its place. What a process that was killed left there is removed.
 * @throws {UsageError} if files came into the place meanwhile. The system replaces no folder with files, so they stay.
 */
export async function makeFolder<Value>(target: string, fill: (draft: string) => Promise<Value>): Promise<Value> {
  const draft = `${resolve(target)}.unfinished`
  const lock = await lockFolder(draft, { file: `${draft}.lock` })
  try {
    await rm(draft, { recursive: true, force: true })
    await mkdir(draft, { recursive: true, mode: 0o700 })
    const value = await fill(draft)
    await rename(draft, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
      throw new UsageError(
        `expected that ${target} stays empty; files came into it meanwhile. They are untouched, and nothing else was made: name another folder`,
      )
    })
    await syncFolder(dirname(resolve(target)))
    return value
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  } finally {
    lock.release()
    await rm(`${draft}.lock`, { force: true })
  }
}

async function requireEmptyTarget(target: string): Promise<void> {
  const names = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new UsageError(`<folder>: expected a new folder; ${target}: ${describeFileError(error)}`)
  })
  if (names.length > 0)
    throw new UsageError(`<folder>: expected a new or an empty folder; ${target} has ${names.length} files`)
}

async function backUpRows(
  { databaseUrl: url, databaseFolder: folder, upstream }: NodeConfig,
  draft: string,
  onRows: (rows: number) => void,
): Promise<Manifest['rows']> {
  if (upstream !== undefined || (url === undefined && (folder === undefined || !(await exists(folder))))) return null
  const { db, close } = await openRows(url, folder)
  try {
    return await copyRows(db, join(draft, ROWS_FOLDER), onRows)
  } finally {
    await close()
  }
}

/** Opens the rows, or a copy of them if a process has the embedded database open. */
async function openRows(url: string | undefined, folder: string | undefined) {
  const open = async (options: DatabaseOptions) => {
    const db = await openDatabase(options)
    return { db, close: db.close }
  }
  try {
    return await open({ url, folder })
  } catch (error) {
    if (!(error instanceof FolderInUseError) || folder === undefined) throw error
    const copy = await askForFolderCopy(folder, { isOpen: () => isFolderOpen(folder, `${folder}.lock`) }).catch(
      (refused: unknown) => {
        if (!(refused instanceof CopyRefused)) throw refused
        throw new UsageError(
          `${refused.message} Stop the process for the backup of its rows, or give --without-rows for all the rest.`,
        )
      },
    )
    if (copy === null) return open({ folder })
    const opened = await open({ folder: copy.folder }).catch(async (failed: unknown) => {
      await copy.remove()
      throw failed
    })
    return { db: opened.db, close: () => opened.close().finally(copy.remove) }
  }
}

async function backUpLog(
  { auditLogDir: home, auditLogKey: key }: NodeConfig,
  draft: string,
  { hasSalts, now }: BackupOptions,
): Promise<Manifest['log']> {
  if (home === undefined || key === undefined) return null
  await waitForPublication(home, now())
  const target = join(draft, BACKUP_FOLDERS.auditLogDir)
  await copyAuditLog(home, target, { hasSalts })
  const signer = await readLogSigner(key)
  const state = await readLogState(target, signer)
  if (state === null) return null
  const { origin, size, root } = state
  const { name, vkey } = signer.verifier
  return { name, origin, size, root, vkey, hasSalts }
}

/** Copies what the settings name besides rows and log. Returns the paths of what was left out. */
async function backUpFiles(config: NodeConfig, draft: string, hasKeys: boolean): Promise<ReadonlySet<string>> {
  const leftOut = new Set<string>()
  for (const [key, path] of placeFiles(config)) {
    const [from, to] = [config[key] ?? '', join(draft, path)]
    // Two settings may name the same file.
    const isCopied = (hasKeys || !SECRETS.has(key)) && ((await exists(to)) || (await copyPrivate(from, to)))
    // Without the hit searches of the day, the node begins them anew.
    if (!isCopied && key !== 'hitsFile') leftOut.add(path)
    // The partners may have its thumbprint already.
    if (isCopied && key === 'nodeKey') await copyPrivate(nextKeyFile(from), nextKeyFile(to))
  }
  if (config.rules !== undefined) {
    // Each keeps its place beside the others.
    const { root, files } = await listRuleFiles(config.rules, config.country)
    for (const each of files) await copyPrivate(each, join(draft, 'rules', relative(root, each)))
  }
  for (const key of ['suspensions', 'mandatesFolder'] as const) {
    const folder = config[key]
    if (folder !== undefined) await copyTree(folder, join(draft, BACKUP_FOLDERS[key]))
  }
  return leftOut
}

/** The manifest of a backup: what is in it, from which moment, and the hash of each file. The audit log gets its hash, with counts. */

/** The file of the manifest, at the top of a backup. */
export const MANIFEST_FILE = 'manifest.json'

const SHA256 = z.string().regex(/^[0-9a-f]{64}$/)
const COUNT = z.int().min(0)

const MANIFEST = z.strictObject({
  format: z.literal('istmo-backup/1'),
  /** A random id. A restore that was interrupted knows by it whether the rows are there already. */
  id: z.string().regex(/^[\w-]{22}$/),
  /** When the backup was made, RFC 3339. */
  madeAt: z.string(),
  /** The version of Istmo that made it. */
  version: z.string(),
  country: z.string(),
  domains: z.array(z.enum(DOMAINS)),
  /** The audit log; null if the node had none. */
  log: z
    .strictObject({
      /** The name of the log: that of its key. */
      name: z.string(),
      /** The origin of its present shard. */
      origin: z.string(),
      /** The number of entries of the present shard. */
      size: COUNT,
      /** The root of these entries, in Base 64. */
      root: z.string(),
      /** The verifier key in force. */
      vkey: z.string(),
      hasSalts: z.boolean(),
    })
    .nullable(),
  /** The rows; null if a service of the country or somebody else keeps them. */
  rows: z
    .strictObject({
      tables: z.record(z.string(), COUNT),
      migrations: z.array(z.strictObject({ name: z.string(), sha256: SHA256 })),
    })
    .nullable(),
  /** Whether the secret keys are in it. */
  hasKeys: z.boolean(),
  /** Files that the settings name and that are not in it, as paths in the restored folder. */
  leftOut: z.array(z.string()),
  files: z.array(z.strictObject({ path: z.string(), bytes: COUNT, sha256: SHA256 })),
})

/** What {@link MANIFEST_FILE} says. */
export type Manifest = z.infer<typeof MANIFEST>

/**
 * Reads the manifest of a backup.
 * @throws {Error} if it is missing or has another form. The message names the file and the place in it.
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, MANIFEST_FILE)
  let value: unknown
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new Error(`${file}: expected the manifest of a backup; ${describeFileError(error)}`, { cause: error })
  }
  const read = MANIFEST.safeParse(value)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new Error(
    `${file}, ${issue?.path.join('.') || 'top'}: ${issue?.message}. Is it a backup of a later version of Istmo?`,
  )
}

/** Lists the files below a folder with their sizes and hashes, sorted by path, without the manifest. Paths have `/`. */
export async function listFiles(folder: string): Promise<Manifest['files']> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = names
    .filter((each) => each.isFile())
    .map((each) => relative(folder, join(each.parentPath, each.name)).split(sep).join('/'))
    .filter((path) => path !== MANIFEST_FILE)
    .sort()
  const files: Manifest['files'] = []
  for (const path of paths) files.push({ path, ...(await hashFile(join(folder, path))) })
  return files
}

async function hashFile(file: string): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256').setEncoding('hex')
  await pipeline(createReadStream(file), hash)
  return { bytes: (await stat(file)).size, sha256: String(hash.read()) }
}

/** Compares the files of a backup with its manifest. Returns a sentence for each that is missing, changed or too many. */
export async function compareFiles(folder: string, { files }: Manifest): Promise<readonly string[]> {
  const found = new Map((await listFiles(folder)).map((file) => [file.path, file]))
  const faults = files.flatMap(({ path, bytes, sha256 }) => {
    const came = found.get(path)
    found.delete(path)
    if (came === undefined) return [`${path}: expected ${bytes} bytes; the file is missing`]
    if (came.sha256 === sha256) return []
    return [`${path}: expected ${bytes} bytes of SHA-256 ${sha256}; came ${came.bytes} bytes of ${came.sha256}`]
  })
  return [...faults, ...[...found.keys()].map((path) => `${path}: the manifest does not have this file`)]
}

/** The members of an entry that the owner of the log does not fill in. */
type Members<Kind extends 'backup' | 'restore'> = Omit<EntryOf<Kind>, 'v' | 'id' | 'time' | 'origin'>

function describeCopy({ country, rows, log }: Manifest, manifestHash: string) {
  const count = rows === null ? null : Object.values(rows.tables).reduce((sum, each) => sum + each, 0)
  return { country, by: osUser(), manifest: manifestHash, rows: count, entries: log?.size ?? 0 }
}

/**
 * Writes the entry of a backup, itself or through the node that has the log open. A node without a log has no entries.
 * @param manifestHash SHA-256 of the manifest, in hexadecimal digits
 * @throws {Error} if the log does not take it.
 */
export async function noteBackup(
  { auditLogDir: log, auditLogKey: key }: Pick<NodeConfig, 'auditLogDir' | 'auditLogKey'>,
  manifest: Manifest,
  manifestHash: string,
  now: () => number,
): Promise<void> {
  if (log === undefined || key === undefined || manifest.log === null) return
  const members: Members<'backup'> = {
    kind: 'backup',
    ...describeCopy(manifest, manifestHash),
    files: manifest.files.length,
    hasKeys: manifest.hasKeys,
    hasSalts: manifest.log.hasSalts,
  }
  await appendEntry({ log, key }, { members }, { now }).catch((cause: Error) => {
    throw new Error(`The entry of the backup could not be written into the audit log: ${cause.message}`, { cause })
  })
}

/**
 * Puts the entry of a restore into the inbox of the restored log. The node writes it when it starts: nothing is signed before, so a restore that nobody starts
 * makes no second history.
 * @param home the home of the restored log
 */
export async function leaveRestoreNote(
  home: string,
  manifest: Manifest,
  manifestHash: string,
  { log, now }: { readonly log: EntryOf<'restore'>['log']; readonly now: () => number },
): Promise<void> {
  const { madeAt } = manifest
  const entry: Members<'restore'> = { kind: 'restore', ...describeCopy(manifest, manifestHash), madeAt, log }
  await writeRequest(join(home, 'inbox'), createUuidV7(now()), Buffer.from(JSON.stringify({ entry })))
}

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
const SECRETS: ReadonlySet<string> = new Set<FileSetting>([
  'nodeKey',
  'auditLogKey',
  'auditLogRefKeys',
  'tlsKey',
  'hitsFile',
])

/** Returns where each file of the settings is in a backup. Two files of one name and folder are told apart by their settings. */
function placeFiles(config: NodeConfig): ReadonlyMap<FileSetting, string> {
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
async function listRuleFiles(
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
