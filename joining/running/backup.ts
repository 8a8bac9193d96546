import { hash, randomBytes } from 'node:crypto'
import { access, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { parseSignerFile } from '../../audit/note/key.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { FolderInUseError, lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { readSetting } from '../../service/read-setting.ts'
import { syncFolder } from '../../service/replace-file.ts'
import { UsageError } from '../../service/usage-error.ts'
import { readVersion } from '../../service/version.ts'
import type { NodeConfig } from '../../subgraphs/kit/config.ts'
import { type DatabaseOptions, openDatabase } from '../../subgraphs/kit/database.ts'
import { askForFolderCopy, CopyRefused } from '../../subgraphs/kit/folder-copies.ts'
import { settingName } from '../../subgraphs/kit/settings.ts'
import { BACKUP_FOLDERS, ENV_FILE, listRuleFiles, placeFiles, SECRETS, writeSettings } from './backup-settings.ts'
import { copyAuditLog, copyPrivate, copyTree, type PublishWait, waitForPublication } from './copy-log.ts'
import { copyRows } from './copy-rows.ts'
import { isFolderOpen } from './is-folder-open.ts'
import { readLogState } from './log-state.ts'
import { listFiles, MANIFEST_FILE, type Manifest } from './manifest.ts'
import type { NodePlace } from './node-place.ts'
import { noteBackup } from './note-copies.ts'
import { nextKeyFile } from './rotate-keys.ts'

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
  readonly wait?: PublishWait
}

/** Where the copied rows are in a backup. */
export const ROWS_FOLDER = 'rows-copy'

/**
 * Makes a backup of a node that may be running: rows first, and its audit log last, so that no row is in it whose entry was written before and is not.
 * Nobody sees the folder before it is complete.
 * @throws {UsageError} if the target is not empty, at the begin or at the end, or if a process that has the embedded database open makes no copy of it.
 */
export async function makeBackup(options: BackupOptions): Promise<Manifest> {
  const { place, target, hasRows, now } = options
  await requireEmptyTarget(target)
  const draft = `${target}.unfinished`
  const lock = await lockFolder(draft, { file: `${draft}.lock` })
  try {
    await rm(draft, { recursive: true, force: true })
    await mkdir(draft, { recursive: true, mode: 0o700 })
    const madeAt = new Date(now()).toISOString()
    const rows = hasRows ? await backUpRows(place.config, draft, options.onRows) : null
    const log = await backUpLog(place.config, draft, options)
    const leftOut = await backUpFiles(place.config, draft, options)
    await writeFile(join(draft, ENV_FILE), await writeSettings(place.config, options.hasKeys), {
      mode: 0o600,
      flag: 'wx',
    })
    const manifest: Manifest = {
      format: 'istmo-backup/1',
      id: randomBytes(16).toString('base64url'),
      madeAt,
      version: readVersion(),
      country: place.config.country,
      domains: [...place.config.domains],
      log,
      rows,
      hasKeys: options.hasKeys,
      leftOut: [...leftOut],
      files: await listFiles(draft),
    }
    const text = `${JSON.stringify(manifest, undefined, 2)}\n`
    await writeFile(join(draft, MANIFEST_FILE), text, { mode: 0o600 })
    // No entry of a backup that cannot stand there, and no backup without its entry.
    await requireEmptyTarget(target)
    await noteBackup(place.config, manifest, hash('sha256', text), now)
    await renameToTarget(draft, target)
    await syncFolder(dirname(target))
    return manifest
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  } finally {
    lock.release()
    await rm(`${draft}.lock`, { force: true })
  }
}

/** Renames over a target that is still empty. The system replaces no folder with files, so what came into it meanwhile stays. */
async function renameToTarget(draft: string, target: string): Promise<void> {
  await rename(draft, target).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    throw new UsageError(
      `<folder>: expected that ${target} stays empty; files came into it while the backup was made. They are untouched, and there is no backup: name another folder`,
    )
  })
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
  if (upstream !== undefined || (url === undefined && folder === undefined)) return null
  if (url === undefined && !(await exists(folder ?? ''))) return null
  const { db, close } = await openRows(url, folder)
  try {
    const { tables, migrations } = await copyRows(db, join(draft, ROWS_FOLDER), onRows)
    return { tables: { ...tables }, migrations: [...migrations] }
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
  { hasSalts, now, wait }: BackupOptions,
): Promise<Manifest['log']> {
  if (home === undefined || key === undefined) return null
  await waitForPublication(home, now(), wait)
  const target = join(draft, BACKUP_FOLDERS.auditLogDir)
  await copyAuditLog(home, target, { hasSalts })
  const signer = await readSetting(key, settingName('auditLogKey'), parseSignerFile)
  const state = await readLogState(target, signer)
  if (state === null) return null
  const { origin, size, root } = state
  return { name: signer.verifier.name, origin, size, root, vkey: signer.verifier.vkey, hasSalts }
}

/** Copies what the settings name besides rows and log. Returns the paths of what was left out. */
async function backUpFiles(config: NodeConfig, draft: string, { hasKeys }: BackupOptions): Promise<readonly string[]> {
  const leftOut = new Set<string>()
  for (const [key, path] of placeFiles(config)) {
    const isCopied = (hasKeys || !SECRETS.has(key)) && (await copyOnce(config[key] ?? '', join(draft, path)))
    // Without the hit searches of the day, the node begins them anew.
    if (!isCopied && key !== 'hitsFile') leftOut.add(path)
    // The partners may have its thumbprint already.
    if (isCopied && key === 'nodeKey') await copyPrivate(nextKeyFile(config[key] ?? ''), nextKeyFile(join(draft, path)))
  }
  await copyRules(config, draft)
  for (const key of ['suspensions', 'mandatesFolder'] as const) {
    const folder = config[key]
    if (folder !== undefined) await copyTree(folder, join(draft, BACKUP_FOLDERS[key]))
  }
  return [...leftOut]
}

/** Copies a file. Two settings may name the same one. */
async function copyOnce(from: string, to: string): Promise<boolean> {
  return (await exists(to)) || copyPrivate(from, to)
}

/** Copies the country’s file and the files that it names, so that each keeps its place beside the others. */
async function copyRules({ rules: file, country }: NodeConfig, draft: string): Promise<void> {
  if (file === undefined) return
  const { root, files } = await listRuleFiles(file, country)
  for (const each of files) await copyPrivate(each, join(draft, 'rules', relative(root, each)))
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
