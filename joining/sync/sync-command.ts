import { basename } from 'node:path'
import { DOMAINS } from '../../contract/domain.ts'
import { type CommandStreams, executeCommand } from '../../service/command-line.ts'
import type { CommandLine, CommandSpec } from '../../service/command-spec.ts'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'
import { EXIT_FAILED, UsageError } from '../../service/usage-error.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { bindCountry, migrate } from '../../subgraphs/kit/migrate.ts'
import { refreshStatistics } from '../../subgraphs/kit/statistics.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { joiningEnvironment } from '../environment.ts'
import { formatProblem, readMappingFile } from '../mapping/parse-mapping.ts'
import { chooseLanguage, LANG_OPTION } from '../words/lang-option.ts'
import { type AuditLogPlace, noteSync } from './note-sync.ts'
import { createSyncProgress } from './progress.ts'
import { describeSync } from './report.ts'
import { runSync, ShrinkError, type SyncRequest, type SyncResult } from './run-sync.ts'
import { adoptRecords, forgetEntry, listOthers, readState } from './sync-state.ts'
import { embeddedTarget, openServerTarget, type SyncTarget } from './target.ts'
import { SYNC_WORDS, type SyncWords } from './words.ts'

const SYNC = {
  name: 'istmo sync',
  description:
    'Fills the tables of a node from an old database or from CSV files, as a mapping says (docs/mapping.md). Readers see the rows as they were ' +
    'before, or as they are afterwards, never half. Rows that are the same are not touched; rows that are gone from the source are deleted. Only ' +
    'rows that this mapping brought are deleted. If the process is killed, nothing has changed: run it again.',
  arguments: { mapping: { meaning: 'the mapping, such as NI.mapping.yaml' } },
  options: {
    databaseUrl: {
      flag: 'database-url',
      value: 'url',
      variable: 'DATABASE_URL',
      isSecret: true,
      expected: 'postgres://…',
      meaning: 'the PostgreSQL server of the node; the node may run',
      parse: (text: string) => (/^postgres(ql)?:\/\//.test(text) ? text : undefined),
    },
    databaseFolder: {
      flag: 'database-folder',
      value: 'dir',
      variable: 'DATABASE_FOLDER',
      expected: 'the path of a folder',
      meaning: 'the folder of the node’s embedded database, in place of --database-url; the node must not run',
    },
    since: {
      flag: 'since',
      value: 'last|time',
      meaning:
        'read only what changed: since the last run, or since a time in the form of the source, such as "2026-11-01 00:00:00". It needs «since: COLUMN» in the mapping',
    },
    dryRun: { flag: 'dry-run', value: null, meaning: 'read and check everything, and say what would change' },
    refused: {
      flag: 'refused',
      value: 'file',
      expected: 'the path of a file, which is replaced',
      meaning: 'where the refused rows go, as CSV with id, column, value and reason. It holds personal data',
    },
    maxRefused: {
      flag: 'max-refused',
      value: 'number',
      default: '0',
      expected: 'a whole number from 0',
      meaning: 'how many refused rows are no reason for the exit code 1',
      parse: (text: string) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined),
    },
    allowShrink: {
      flag: 'allow-shrink',
      value: null,
      meaning: 'go on although all rows of a kind would go, or more than a tenth of them and more than ten',
    },
    adopt: {
      flag: 'adopt',
      value: 'name',
      meaning: 'take over the records of a mapping that was renamed: its name before, such as NI',
    },
    auditLogDir: {
      flag: 'audit-log-dir',
      value: 'dir',
      variable: 'AUDIT_LOG_DIR',
      meaning: 'the folder of the country’s own audit log, as its node has it: each run is an entry',
    },
    auditLogKey: {
      flag: 'audit-log-key',
      value: 'file',
      variable: 'AUDIT_LOG_KEY_FILE',
      meaning: 'the signer key of this log',
    },
    development: { flag: 'development', value: null, meaning: 'write no entry: only for made-up records' },
    by: {
      flag: 'by',
      value: 'name',
      expected: 'a staff number or a user name of at most 200 characters',
      meaning: 'who is responsible, for the entry; by default the user of this machine',
      parse: (text: string) => (text.length > 0 && text.length <= 200 ? text : undefined),
    },
    legalBasis: {
      flag: 'legal-basis',
      value: 'text',
      isRepeated: true,
      meaning: 'the law or agreement by which the data is collected, for the entry',
    },
    json: { flag: 'json', value: null, meaning: 'print the result as JSON, for programs' },
    lang: LANG_OPTION,
  },
  notes: {
    'Exit codes': {
      0: 'done',
      1: 'nothing was changed, because of the reason that is printed; or it is done, but more rows were refused than --max-refused, or the audit log lacks the entry',
      2: 'an argument or the mapping is wrong, and nothing was changed',
    },
  },
  examples: [
    {
      command:
        'istmo sync NI.mapping.yaml --database-url postgres://istmo@127.0.0.1/istmo_ni --dry-run --refused refused.csv',
      meaning: 'Says what would change, and writes down which rows cannot be taken and why.',
    },
    {
      command:
        'istmo sync NI.mapping.yaml --database-url postgres://istmo@127.0.0.1/istmo_ni --since last ' +
        '--audit-log-dir audit-log --audit-log-key keys/audit-log.key',
      meaning: 'Takes over what changed since the last run.',
    },
  ],
} as const satisfies CommandSpec

type SyncLine = CommandLine<typeof SYNC>

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
  const name = nameOf(line.mapping)
  const opened = await openTarget(line, name)
  const { db, target } = opened
  try {
    await migrate(db, await loadDomains(DOMAINS))
    await bindCountry(db, mapping.country)
    await notePending(target, name, mapping.sha256, log, world)
    await adopt(target, name, mapping.sha256, line, (text) => tell(world, text), words)
    const progress = createSyncProgress(world.streams.err, words)
    const request: SyncRequest = {
      ...{ mapping, name, target, language, progress, env: world.env, now: world.now },
      ...{ isDryRun: line.dryRun, allowsShrink: line.allowShrink, refused: line.refused },
      ...{ by: line.by, legalBasis: line.legalBasis ?? [] },
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
    throw error
  } finally {
    await opened.close()
  }
}

function tell({ streams }: SyncWorld, text: string): void {
  streams.err.write(`${text}\n`)
}

/** The name under which the database knows a mapping: that of its file, without what all mappings have. */
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

interface OpenedTarget {
  readonly db: Database
  readonly target: SyncTarget
  readonly close: () => Promise<void>
}

async function openTarget({ databaseUrl, databaseFolder }: SyncLine, name: string): Promise<OpenedTarget> {
  if ((databaseUrl === undefined) === (databaseFolder === undefined)) {
    throw new UsageError(
      'expected --database-url or --database-folder, the database of the node; came neither, or both',
    )
  }
  const db = await openDatabase({ url: databaseUrl, folder: databaseFolder }).catch((cause: unknown) => {
    if (!(cause instanceof FolderInUseError)) throw cause
    throw new Error(
      `${cause.message} An embedded database has room for one process: stop the node, run this command, and start the node again. ` +
        'With a PostgreSQL server (--database-url), the node goes on meanwhile.',
      { cause },
    )
  })
  try {
    const target = databaseUrl === undefined ? embeddedTarget(db) : await openServerTarget(databaseUrl, name)
    return {
      db,
      target,
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

/** Writes the entry that a run which was killed left behind. */
async function notePending(
  target: SyncTarget,
  name: string,
  sha256: string,
  log: AuditLogPlace | null,
  { now }: SyncWorld,
): Promise<void> {
  const { id, entry } = await readState(target, name, sha256)
  if (entry === null || log === null) return
  await noteSync(log, entry, null, now)
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
