import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { DOMAINS } from '../../contract/domain.ts'
import type { Language } from '../../contract/language.ts'
import type { Say } from '../../contract/words.ts'
import type { OwnLogPlace } from '../../service/audit-log/own-log.ts'
import { executeCommand } from '../../service/command-line.ts'
import type { CommandLine } from '../../service/command-spec.ts'
import { LIST, matching, SWITCH, TEXT } from '../../service/command-texts.ts'
import { labelUrl } from '../../service/describe-connection.ts'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'
import { chooseLanguage, LANG_OPTION } from '../../service/lang-option.ts'
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
import { JOINING_TEXTS, SERVER } from '../commands.ts'
import { type RunningProcess, thisProcess } from '../environment.ts'
import type { Mapping } from '../mapping/mapping.ts'
import { formatProblem, readMappingFile } from '../mapping/parse-mapping.ts'
import { parseEnvFile } from '../running/node-place.ts'
import { count, createSyncProgress, describeOpenings, describeShrinking, describeSync } from './report.ts'
import { runSync, type SyncResult, SyncStopped } from './run-sync.ts'
import {
  adoptRecords,
  checkAuditLog,
  forgetEntry,
  forgetMapping,
  isKnownMapping,
  keepEntry,
  listOthers,
  notePending,
  noteSync,
  readState,
} from './sync-state.ts'
import { embeddedTarget, openServerTarget, type SyncTarget } from './target.ts'
import { syncWords } from './words.ts'

const SYNC = JOINING_TEXTS.declare('sync', {
  arguments: { mapping: TEXT },
  options: {
    databaseUrl: { ...SERVER, variable: 'DATABASE_URL' },
    databaseFolder: { variable: 'DATABASE_FOLDER' },
    since: TEXT,
    dryRun: SWITCH,
    refused: TEXT,
    maxRefused: { default: '0', parse: (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined) },
    allowShrink: SWITCH,
    allowUnprotect: SWITCH,
    adopt: TEXT,
    auditLogDir: { variable: 'AUDIT_LOG_DIR' },
    auditLogKey: { variable: 'AUDIT_LOG_KEY_FILE' },
    development: SWITCH,
    by: matching((text) => text.length > 0 && text.length <= 200),
    legalBasis: LIST,
    json: SWITCH,
    lang: LANG_OPTION,
  },
})

type SyncLine = CommandLine<typeof SYNC>

/** Runs `istmo sync`. @returns the exit code. */
export async function runSyncCommand(args: readonly string[], world: RunningProcess = thisProcess()): Promise<number> {
  return executeCommand(SYNC, args, (line) => syncRequested(withVariables(line, world.env), world), world.streams)
}

/** Fills in what the environment says in place of flags. An empty variable counts as not set. */
function withVariables(line: SyncLine, env: RunningProcess['env']): SyncLine {
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

/** A command line while it runs. */
interface Session {
  readonly line: SyncLine
  readonly world: RunningProcess
  readonly say: Say
  /** Tells a person something, beside the result. */
  readonly tell: (text: string) => void
  readonly mapping: Mapping
  /** The name under which the database knows the mapping. */
  readonly name: string
  /** Null for made-up records, and for a dry run. */
  readonly log: OwnLogPlace | null
}

async function syncRequested(line: SyncLine, world: RunningProcess): Promise<number> {
  const language = chooseLanguage(line.lang, world.env)
  const log = auditLogOf(line)
  const tell = (text: string): void => void world.streams.err.write(`${text}\n`)
  const mapping = readMappingFile(line.mapping, language)
  for (const warning of mapping.warnings) tell(formatProblem(warning))
  const session: Session = { line, world, say: syncWords(language), tell, mapping, name: nameOf(line.mapping), log }
  await tellOtherDatabase(session)
  if (log !== null && !line.dryRun) await checkAuditLog(log)
  const opened = await openTarget(session)
  try {
    return await syncInto(opened, session, language)
  } finally {
    await opened.close()
  }
}

async function syncInto(
  { db, target, isInMemory }: OpenedTarget,
  session: Session,
  language: Language,
): Promise<number> {
  const { line, world, say, mapping, name } = session
  const isLookedAt = line.dryRun && !isInMemory
  const wasKnown = isLookedAt && (await isKnownMapping(target, name))
  try {
    if (isLookedAt) await requireCountry(db, mapping.country)
    else {
      await migrate(db, migrationsOf(DOMAINS))
      await bindCountry(db, mapping.country)
      await writePending(target, session)
    }
    await adopt(target, session)
    const progress = createSyncProgress(world.streams.err, say)
    const { dryRun: isDryRun, refused, by, legalBasis, since } = line
    const result = await runSync({
      mapping,
      name,
      target,
      language,
      progress,
      env: world.env,
      now: world.now,
      isDryRun,
      allowsShrink: line.allowShrink,
      allowsOpening: line.allowUnprotect,
      refused,
      by,
      legalBasis: legalBasis ?? [],
      since: since === undefined ? null : since === 'last' ? 'LAST' : { time: since },
    }).finally(progress.clear)
    const others = await listOthers(target, (await readState(target, name, mapping.sha256)).id)
    world.streams.out.write(describeSync(result, { ...line, others, country: mapping.country, language }))
    const isNoted = await noteResult(result, target, session)
    if (!isDryRun) await refreshStatistics(db)
    const rows = result.counts.total()
    const isTooMany = rows > line.maxRefused
    if (isTooMany) session.tell(say('tooMany', { rows: count(rows), most: count(line.maxRefused) }))
    return isTooMany || !isNoted ? EXIT_FAILED : 0
  } catch (error) {
    if (!(error instanceof SyncStopped)) throw error
    const { shrinking, openings } = error
    const isShrinking = shrinking.length > 0
    const why = isShrinking ? describeShrinking(shrinking, say) : describeOpenings(openings, 'STOPPED', say)
    throw new Error(why, { cause: error })
  } finally {
    // If the database is gone, the error of the run says so.
    if (isLookedAt && !wasKnown) await forgetMapping(target, name).catch(() => undefined)
  }
}

/** The name under which the database knows a mapping: that of its file, without the ending of mappings. */
function nameOf(path: string): string {
  return basename(path).replace(/(\.mapping)?\.ya?ml$/i, '')
}

/** @throws {UsageError} if a run would leave no entry, but for made-up records. */
function auditLogOf({ auditLogDir, auditLogKey, development, dryRun }: SyncLine): OwnLogPlace | null {
  if (auditLogDir !== undefined && auditLogKey !== undefined) return { log: auditLogDir, key: auditLogKey }
  if (development || (dryRun && auditLogDir === undefined && auditLogKey === undefined)) return null
  throw new UsageError(
    '--audit-log-dir, --audit-log-key: expected the country’s own audit log and its signer key, because each run is an entry; came ' +
      `${auditLogDir === undefined && auditLogKey === undefined ? 'neither' : 'only one'}. For made-up records, give --development`,
  )
}

/** Says it if the settings of a node beside the mapping name another database than this run fills: then nobody would be served its rows. */
async function tellOtherDatabase({
  line: { mapping, databaseUrl, databaseFolder },
  say,
  tell,
}: Session): Promise<void> {
  const file = join(dirname(mapping), 'node.env')
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return
  const { DATABASE_URL, DATABASE_FOLDER } = parseEnvFile(text, file)
  const placeOf = (url: string | undefined, folder: string | undefined, base: string): string | null =>
    url ? labelUrl(url) : folder ? resolve(base, folder) : null
  const filled = placeOf(databaseUrl, databaseFolder, '.')
  const served = placeOf(DATABASE_URL, DATABASE_FOLDER, dirname(file))
  if (filled !== null && served !== null && filled !== served) tell(say('otherDatabase', { filled, file, served }))
}

type OpenedTarget = Awaited<ReturnType<typeof openTarget>>

async function openTarget(session: Session) {
  const { databaseUrl, databaseFolder, dryRun } = session.line
  if ((databaseUrl === undefined) === (databaseFolder === undefined)) {
    const came = databaseUrl === undefined ? 'neither' : 'both'
    throw new UsageError(`expected --database-url or --database-folder, the database of the node; came ${came}`)
  }
  // A dry run leaves nothing behind. A database that is not there yet is an empty one, which memory has too.
  const isUnmade = dryRun && databaseFolder !== undefined && (await isEmptyFolder(databaseFolder))
  const isInMemory = isUnmade || (dryRun && (await hasNoTables(session)))
  const db = await openNodeDatabase(isInMemory ? {} : { url: databaseUrl, folder: databaseFolder })
  try {
    const isEmbedded = isInMemory || databaseUrl === undefined
    const target = isEmbedded ? embeddedTarget(db) : await openServerTarget(databaseUrl, session.name)
    return { db, target, isInMemory, close: () => target.close().then(db.close) }
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
async function hasNoTables({ line, say }: Session): Promise<boolean> {
  const db = await openNodeDatabase({ url: line.databaseUrl, folder: line.databaseFolder })
  try {
    const ran = await listRunMigrations(db)
    const pending = await findPending(db, migrationsOf(DOMAINS))
    if (ran.length > 0 && pending.length > 0) throw new UsageError(say('tablesOlder', { pending: pending.join(', ') }))
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
async function writePending(target: SyncTarget, { name, mapping, log, world }: Session): Promise<void> {
  const { id, entry } = await readState(target, name, mapping.sha256)
  if (entry === null || log === null) return
  await notePending(log, entry, (renewed) => keepEntry(target, id, renewed), world.now)
  await forgetEntry(target, id)
}

async function adopt(target: SyncTarget, { line, name, mapping, say, tell }: Session): Promise<void> {
  if (line.adopt === undefined || line.dryRun) return
  const { id } = await readState(target, name, mapping.sha256)
  const others = (await listOthers(target, id)).map((other) => other.name)
  if (!others.includes(line.adopt)) {
    const known = others.join(', ') || 'none'
    throw new UsageError(
      `--adopt: expected a mapping that filled this database; came ${line.adopt}. There are: ${known}`,
    )
  }
  const records = count(await adoptRecords(target, id, line.adopt))
  tell(say('adopted', { records, name: line.adopt }))
}

/** Writes the entry of a run. The rows are changed already, so a log that does not take it is told and not thrown. */
async function noteResult({ entry }: SyncResult, target: SyncTarget, session: Session): Promise<boolean> {
  const { name, mapping, log, say, tell, world } = session
  if (entry === null) return true
  const { id } = await readState(target, name, mapping.sha256)
  try {
    if (log !== null) await noteSync(log, entry, mapping.content, world.now)
  } catch (error) {
    tell(say('notNoted', { reason: (error as Error).message }))
    return false
  }
  await forgetEntry(target, id)
  if (log !== null) tell(say('noted'))
  return true
}
