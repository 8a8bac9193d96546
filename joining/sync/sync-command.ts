import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { DOMAINS } from '../../contract/domain.ts'
import { type CommandStreams, executeCommand } from '../../service/command-line.ts'
import { labelUrl } from '../../service/describe-connection.ts'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'
import { chooseLanguage } from '../../service/lang-option.ts'
import { EXIT_FAILED, UsageError } from '../../service/usage-error.ts'
import { type DatabaseOptions, openDatabase } from '../../subgraphs/kit/database.ts'
import {
  bindCountry,
  findPending,
  listRunMigrations,
  migrate,
  migrationsOf,
  requireCountry,
} from '../../subgraphs/kit/migrate.ts'
import { refreshStatistics } from '../../subgraphs/kit/statistics.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { joiningEnvironment } from '../environment.ts'
import { formatProblem, readMappingFile } from '../mapping/parse-mapping.ts'
import { parseEnvFile } from '../running/env-file.ts'
import { type AuditLogPlace, checkAuditLog, notePending, noteSync } from './note-sync.ts'
import { createSyncProgress } from './progress.ts'
import { describeSync } from './report.ts'
import { OpeningError, runSync, ShrinkError, type SyncRequest, type SyncResult } from './run-sync.ts'
import { SYNC, type SyncLine } from './sync-options.ts'
import {
  adoptRecords,
  forgetEntry,
  forgetMapping,
  isKnownMapping,
  keepEntry,
  listOthers,
  readState,
} from './sync-state.ts'
import { embeddedTarget, openServerTarget, type SyncTarget } from './target.ts'
import { SYNC_WORDS, type SyncWords } from './words.ts'

/** What the command takes from outside. */
export interface SyncWorld {
  readonly streams: CommandStreams & { readonly err: { readonly isTTY?: boolean } }
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: () => number
}

/** `istmo sync` for the process itself. */
export async function runSyncCommand(args: readonly string[], world: SyncWorld = processWorld()): Promise<number> {
  return executeCommand(SYNC, args, (line) => syncRequested(withVariables(line, world.env), world), world.streams)
}

function processWorld(): SyncWorld {
  return { streams: { out: process.stdout, err: process.stderr }, env: joiningEnvironment(), now: Date.now }
}

/** Fills in what the environment says in place of flags. An empty variable counts as not set. */
function withVariables(line: SyncLine, env: SyncWorld['env']): SyncLine {
  const given = (name: string) => env[name] || undefined
  const isPlaced = line.databaseUrl !== undefined || line.databaseFolder !== undefined
  return {
    ...line,
    databaseUrl: line.databaseUrl ?? (isPlaced ? undefined : given('DATABASE_URL')),
    databaseFolder: line.databaseFolder ?? (isPlaced ? undefined : given('DATABASE_FOLDER')),
    auditLogDir: line.auditLogDir ?? given('AUDIT_LOG_DIR'),
    auditLogKey: line.auditLogKey ?? given('AUDIT_LOG_KEY_FILE'),
  }
}

async function syncRequested(line: SyncLine, world: SyncWorld): Promise<number> {
  const language = chooseLanguage(line.lang, world.env)
  const words = SYNC_WORDS[language]
  const log = auditLogOf(line)
  const mapping = readMappingFile(line.mapping, language)
  for (const warning of mapping.warnings) tell(world, formatProblem(warning))
  await tellOtherDatabase(line, (text) => tell(world, text), words)
  const name = nameOf(line.mapping)
  if (log !== null && !line.dryRun) await checkAuditLog(log)
  const opened = await openTarget(line, name, words)
  const { db, target } = opened
  const isLookedAt = line.dryRun && !opened.isInMemory
  const wasKnown = isLookedAt && (await isKnownMapping(target, name))
  try {
    if (isLookedAt) await requireCountry(db, mapping.country)
    else {
      await migrate(db, migrationsOf(DOMAINS))
      await bindCountry(db, mapping.country)
      await writePending(target, name, mapping.sha256, log, world)
    }
    await adopt(target, name, mapping.sha256, line, (text) => tell(world, text), words)
    const progress = createSyncProgress(world.streams.err, words)
    const request: SyncRequest = {
      mapping,
      name,
      target,
      language,
      progress,
      env: world.env,
      now: world.now,
      isDryRun: line.dryRun,
      allowsShrink: line.allowShrink,
      allowsOpening: line.allowUnprotect,
      refused: line.refused,
      by: line.by,
      legalBasis: line.legalBasis ?? [],
      since: line.since === undefined ? null : line.since === 'last' ? 'LAST' : { time: line.since },
    }
    const result = await runSync(request).finally(progress.clear)
    const others = await listOthers(target, (await readState(target, name, mapping.sha256)).id)
    world.streams.out.write(describeSync(result, { ...line, others, country: mapping.country, words }))
    const isNoted = await noteResult(result, { target, name, mapping, log, words, world })
    if (!line.dryRun) await refreshStatistics(db)
    return codeOf(result, line, isNoted, (text) => tell(world, text), words)
  } catch (error) {
    if (error instanceof ShrinkError) throw new Error(words.shrinking(error.shrinking), { cause: error })
    if (error instanceof OpeningError) throw new Error(words.openings(error.openings, 'STOPPED'), { cause: error })
    throw error
  } finally {
    // If the database is gone, the error of the run says so.
    if (isLookedAt && !wasKnown) await forgetMapping(target, name).catch(() => undefined)
    await opened.close()
  }
}

function tell({ streams }: SyncWorld, text: string): void {
  streams.err.write(`${text}\n`)
}

/** The name under which the database knows a mapping: that of its file, without the ending of mappings. */
function nameOf(path: string): string {
  return basename(path).replace(/(\.mapping)?\.ya?ml$/i, '')
}

/** @throws {UsageError} if a run would leave no entry, but for made-up records. */
function auditLogOf({ auditLogDir, auditLogKey, development, dryRun }: SyncLine): AuditLogPlace | null {
  if (auditLogDir !== undefined && auditLogKey !== undefined) return { folder: auditLogDir, key: auditLogKey }
  if (development || (dryRun && auditLogDir === undefined && auditLogKey === undefined)) return null
  throw new UsageError(
    '--audit-log-dir, --audit-log-key: expected the country’s own audit log and its signer key, because each run is an entry; came ' +
      `${auditLogDir === undefined && auditLogKey === undefined ? 'neither' : 'only one'}. For made-up records, give --development`,
  )
}

/** Says it if the settings of a node beside the mapping name another database than this run fills: then nobody would be served its rows. */
async function tellOtherDatabase(
  { mapping, databaseUrl, databaseFolder }: SyncLine,
  print: (text: string) => void,
  words: SyncWords,
): Promise<void> {
  const file = join(dirname(mapping), 'node.env')
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return
  const { DATABASE_URL, DATABASE_FOLDER } = parseEnvFile(text, file)
  const placeOf = (url: string | undefined, folder: string | undefined, base: string): string | null =>
    url ? labelUrl(url) : folder ? resolve(base, folder) : null
  const [filled, served] = [
    placeOf(databaseUrl, databaseFolder, '.'),
    placeOf(DATABASE_URL, DATABASE_FOLDER, dirname(file)),
  ]
  if (filled !== null && served !== null && filled !== served) print(words.otherDatabase(filled, file, served))
}

interface OpenedTarget {
  readonly db: Database
  readonly target: SyncTarget
  /** It stands for a database without tables, which a dry run leaves so. */
  readonly isInMemory: boolean
  readonly close: () => Promise<void>
}

async function openTarget(line: SyncLine, name: string, words: SyncWords): Promise<OpenedTarget> {
  const { databaseUrl, databaseFolder, dryRun } = line
  if ((databaseUrl === undefined) === (databaseFolder === undefined)) {
    const came = databaseUrl === undefined ? 'neither' : 'both'
    throw new UsageError(`expected --database-url or --database-folder, the database of the node; came ${came}`)
  }
  // A dry run leaves nothing behind. A database that is not there yet is an empty one, which memory has too.
  const isUnmade = dryRun && databaseFolder !== undefined && (await isEmptyFolder(databaseFolder))
  const isInMemory = isUnmade || (dryRun && (await hasNoTables(line, words)))
  const db = await openNodeDatabase(isInMemory ? {} : { url: databaseUrl, folder: databaseFolder })
  try {
    const isEmbedded = isInMemory || databaseUrl === undefined
    const target = isEmbedded ? embeddedTarget(db) : await openServerTarget(databaseUrl, name)
    return {
      db,
      target,
      isInMemory,
      async close() {
        await target.close()
        await db.close()
      },
    }
  } catch (error) {
    await db.close()
    throw error
  }
}

async function openNodeDatabase(place: Pick<DatabaseOptions, 'url' | 'folder'>): Promise<Database> {
  return openDatabase({ ...place, prepared: 'country' }).catch((cause: unknown) => {
    if (!(cause instanceof FolderInUseError)) throw cause
    throw new Error(
      `${cause.message} An embedded database has room for one process: stop the node, run this command, and start the node again. ` +
        'With a PostgreSQL server (--database-url), the node goes on meanwhile.',
      { cause },
    )
  })
}

/**
 * Looks at the tables of a database that is there, and changes nothing.
 * @returns whether it has none of ours.
 * @throws {UsageError} if it has those of an earlier version: to change them is a change, and without it nobody can say what a run would do.
 */
async function hasNoTables({ databaseUrl, databaseFolder }: SyncLine, words: SyncWords): Promise<boolean> {
  const db = await openNodeDatabase({ url: databaseUrl, folder: databaseFolder })
  try {
    const ran = await listRunMigrations(db)
    const pending = await findPending(db, migrationsOf(DOMAINS))
    if (ran.length > 0 && pending.length > 0) throw new UsageError(words.tablesOlder(pending))
    return ran.length === 0
  } finally {
    await db.close()
  }
}

async function isEmptyFolder(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

/** Writes the entry that a run which was killed left behind. */
async function writePending(
  target: SyncTarget,
  name: string,
  sha256: string,
  log: AuditLogPlace | null,
  { now }: SyncWorld,
): Promise<void> {
  const { id, entry } = await readState(target, name, sha256)
  if (entry === null || log === null) return
  await notePending(log, entry, (renewed) => keepEntry(target, id, renewed), now)
  await forgetEntry(target, id)
}

async function adopt(
  target: SyncTarget,
  name: string,
  sha256: string,
  line: SyncLine,
  print: (text: string) => void,
  words: SyncWords,
): Promise<void> {
  if (line.adopt === undefined || line.dryRun) return
  const { id } = await readState(target, name, sha256)
  const others = await listOthers(target, id)
  if (!others.some((other) => other.name === line.adopt)) {
    const known = others.map((other) => other.name).join(', ') || 'none'
    throw new UsageError(
      `--adopt: expected a mapping that filled this database; came ${line.adopt}. There are: ${known}`,
    )
  }
  print(words.adopted(await adoptRecords(target, id, line.adopt), line.adopt))
}

interface Noting {
  readonly target: SyncTarget
  readonly name: string
  readonly mapping: SyncRequest['mapping']
  readonly log: AuditLogPlace | null
  readonly words: SyncWords
  readonly world: SyncWorld
}

/** Writes the entry of a run. The rows are changed already, so a log that does not take it is told and not thrown. */
async function noteResult(
  { entry }: SyncResult,
  { target, name, mapping, log, words, world }: Noting,
): Promise<boolean> {
  if (entry === null) return true
  const { id } = await readState(target, name, mapping.sha256)
  if (log === null) {
    await forgetEntry(target, id)
    return true
  }
  try {
    await noteSync(log, entry, mapping.content, world.now)
  } catch (error) {
    tell(world, words.notNoted((error as Error).message))
    return false
  }
  await forgetEntry(target, id)
  tell(world, words.noted)
  return true
}

function codeOf(
  { counts }: SyncResult,
  { maxRefused }: SyncLine,
  isNoted: boolean,
  print: (text: string) => void,
  words: SyncWords,
): number {
  const isTooMany = counts.total() > maxRefused
  if (isTooMany) print(words.tooMany(counts.total(), maxRefused))
  return isTooMany || !isNoted ? EXIT_FAILED : 0
}
