import { hash, randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { exists } from '../../audit/if-there.ts'
import { readLogSigner } from '../../service/audit-log/key-files.ts'
import { describeFileError } from '../../service/describe-error.ts'
import { FolderInUseError, lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { syncFolder } from '../../service/replace-file.ts'
import { UsageError } from '../../service/usage-error.ts'
import { readVersion } from '../../service/version.ts'
import type { NodeConfig } from '../../subgraphs/kit/config.ts'
import { type DatabaseOptions, openDatabase } from '../../subgraphs/kit/database.ts'
import { askForFolderCopy, CopyRefused } from '../../subgraphs/kit/folder-copies.ts'
import { BACKUP_FOLDERS, ENV_FILE, listRuleFiles, placeFiles, SECRETS, writeSettings } from './backup-settings.ts'
import { copyAuditLog, copyPrivate, copyTree, isFolderOpen, waitForPublication } from './copy-log.ts'
import { copyRows } from './copy-rows.ts'
import { readLogState } from './log-state.ts'
import { listFiles, MANIFEST_FILE, type Manifest, noteBackup } from './manifest.ts'
import type { NodePlace } from './node-place.ts'
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
