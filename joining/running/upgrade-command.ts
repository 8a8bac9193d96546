import { z } from 'zod'
import { readLogSigner } from '../../service/audit-log/key-files.ts'
import { executeCommand } from '../../service/command-line.ts'
import { SWITCH } from '../../service/command-texts.ts'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'
import { LANG_OPTION, spokenLanguage } from '../../service/lang-option.ts'
import { EXIT_FAILED, UsageError } from '../../service/usage-error.ts'
import { readVersion } from '../../service/version.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import type { NodeConfig } from '../../subgraphs/kit/config.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { listMigrations, type Migration } from '../../subgraphs/kit/migrate.ts'
import { domainRules, readCountryRules } from '../../subgraphs/kit/rules.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { reasonOf, severityOf } from '../check/finding.ts'
import { findMigrationFaults } from '../check/parts/schema.ts'
import { sayFinding } from '../check/report.ts'
import { JOINING_TEXTS } from '../commands.ts'
import type { RunningProcess } from '../environment.ts'
import { askStatus } from './ask.ts'
import { checkKeys } from './check-keys.ts'
import { readLogState } from './log-state.ts'
import { ENV_OPTION, NODE_OPTIONS, type NodePlace, readNodePlace } from './node-place.ts'
import { say } from './words.ts'

const UPGRADE = JOINING_TEXTS.declare('upgrade', {
  options: { check: SWITCH, env: ENV_OPTION, json: SWITCH, lang: LANG_OPTION, ...NODE_OPTIONS },
})

/** One line of the answer. `isWrong`: it is in the way of the update. */
interface Line {
  readonly isWrong: boolean
  readonly text: string
}

const wrong = (text: string): Line => ({ isWrong: true, text })
const right = (text: string): Line => ({ isWrong: false, text })

/** Runs `istmo upgrade --check`. @returns the exit code. */
export function runUpgrade(args: readonly string[], { env, streams }: RunningProcess): Promise<number> {
  return executeCommand(
    UPGRADE,
    args,
    async ({ check, json, ...flags }) => {
      if (!check)
        throw new UsageError(
          'expected --check: install the files as docs/running-a-node.md says; this command only looks',
        )
      const place = await readNodePlace(flags, env)
      const { operatorListen: operator } = place.config
      const status = operator === null || operator.port === 0 ? null : await askStatus(operator, STATUS)
      const [version, running] = [readVersion(), status?.version ?? null]
      // Settings that went away, or have another name.
      const unknown = place.unknownNames.map((name) =>
        wrong(say('unknownSetting', { name, file: place.envFile ?? '' })),
      )
      const files = await lookAtFiles(place)
      const database = await lookAtDatabase(place.config)
      const lines = [...unknown, ...files, ...database.lines]
      const count = lines.filter(({ isWrong }) => isWrong).length
      if (json) {
        const shown = { version, running, lines, migrations: database.migrations }
        streams.out.write(`${JSON.stringify(shown, undefined, 2)}\n`)
      } else {
        const title = running === null ? say('versionAlone', { version }) : say('version', { version, running })
        const texts = lines.map(({ isWrong, text }) => `${isWrong ? '!' : '-'} ${text}`)
        const end = count === 0 ? say('ready') : say('notReady', { wrong: count })
        streams.out.write(`${[title, ...texts, end].join('\n')}\n`)
      }
      return count === 0 ? 0 : EXIT_FAILED
    },
    streams,
  )
}

/** What the operator's server says of the node that runs. */
const STATUS = z.object({ version: z.string() })

/** Looks whether this version reads the country’s file, the keys and the audit log. */
async function lookAtFiles(place: NodePlace): Promise<readonly Line[]> {
  const lines: Line[] = []
  const { rules: file, country, domains, auditLogDir, auditLogKey } = place.config
  if (file !== undefined) {
    try {
      const rules = await readCountryRules(file, country)
      for (const module of await loadDomains(domains)) domainRules(module, rules)
      lines.push(right(say('countryRead')))
    } catch (error) {
      lines.push(wrong(say('countryRefused', { reason: reasonOf(error) })))
    }
  }
  for (const finding of await checkKeys(place))
    if (severityOf(finding) === 'error') lines.push(wrong(sayFinding(finding, spokenLanguage())))
  if (auditLogDir === undefined || auditLogKey === undefined) return lines
  try {
    const state = await readLogState(auditLogDir, await readLogSigner(auditLogKey))
    return [...lines, right(say('logRead', { size: state?.size ?? 0 }))]
  } catch (error) {
    return [...lines, wrong(reasonOf(error))]
  }
}

/** What an update does to the database. */
interface DatabasePlan {
  readonly lines: readonly Line[]
  readonly migrations: readonly PlannedMigration[]
}

async function lookAtDatabase(config: NodeConfig): Promise<DatabasePlan> {
  const { databaseUrl: url, databaseFolder: folder, upstream } = config
  if (upstream !== undefined || (url === undefined && folder === undefined)) return { lines: [], migrations: [] }
  let db: Database
  try {
    db = await openDatabase({ url, folder })
  } catch (error) {
    // An embedded database belongs to the node that runs. Its migrations run at the start in any case.
    const isWrong = !(error instanceof FolderInUseError)
    return { lines: [{ isWrong, text: say('databaseUnread', { reason: reasonOf(error) }) }], migrations: [] }
  }
  try {
    return await planFor(db, config)
  } finally {
    await db.close()
  }
}

async function planFor(db: Database, { domains }: NodeConfig): Promise<DatabasePlan> {
  const modules = await loadDomains(domains)
  const known = await listMigrations(modules)
  const found = await findMigrationFaults(db, modules)
  const isMissing = ({ id }: (typeof found)[number]): boolean => id === 'MIGRATION_MISSING'
  const faults = found.filter((each) => !isMissing(each)).map((each) => wrong(sayFinding(each, spokenLanguage())))
  const missing = new Set(found.filter(isMissing).map(({ place }) => place))
  const waiting = known.filter(({ name }) => missing.has(name))
  const migrations = await planMigrations(db, waiting)
  if (migrations.length === 0) return { lines: [...faults, right(say('noMigrations'))], migrations }
  const told = migrations.map(({ name, purpose, tables, seconds }) => {
    const shown = tables.map(({ table, rows }) => `${table} (${rows})`).join(', ')
    const time = seconds === 0 ? say('quick') : say('reads', { tables: shown, seconds })
    return right(`${say('migration', { name, purpose })} ${time}`)
  })
  return { lines: [...faults, ...told, right(say('lock'))], migrations }
}

/** What a migration that has not run yet will do to a database, as far as its text and the size of the tables tell. */
export interface PlannedMigration {
  readonly name: string
  /** Its first sentences: each migration says at its top what it is for. */
  readonly purpose: string
  /** The tables that it rewrites or reads as a whole, with the number of their rows as the server estimates it. */
  readonly tables: readonly { readonly table: string; readonly rows: number }[]
  /** How long it may take, in seconds, at the pace of {@link ROWS_PER_SECOND}. */
  readonly seconds: number
}

/** How many rows a second a server rewrites or indexes at least: a slow disk, and an index of words. */
export const ROWS_PER_SECOND = 20_000

/** Statements that read or write each row of a table that exists already. */
const WHOLE_TABLE = [
  /\bcreate\s+(?:unique\s+)?index\s+(?:if not exists\s+)?(?:\w+\s+)?on\s+(?:only\s+)?([\w."]+)/gi,
  /\balter\s+table\s+(?:if exists\s+)?(?:only\s+)?([\w."]+)[^;]*?\b(?:generated\s+always|alter\s+column\s+\w+\s+(?:set\s+data\s+)?type|set\s+not\s+null|add\s+(?:constraint|check|primary|unique|foreign)|default)/gi,
  /\bupdate\s+([\w."]+)\s+(?:as\s+\w+\s+|\w+\s+)?set\b/gi,
  /\binsert\s+into\s+[\w."]+[^;]*?\bselect\b[^;]*?\bfrom\s+([\w."]+)/gi,
  /\bdelete\s+from\s+([\w."]+)/gi,
] as const

/** Plans the migrations that a database has not run yet, without running them. */
export async function planMigrations(
  db: Database,
  waiting: readonly Migration[],
): Promise<readonly PlannedMigration[]> {
  const planned: PlannedMigration[] = []
  for (const { name, sql } of waiting) {
    const tables: { table: string; rows: number }[] = []
    for (const table of listWholeTables(sql)) {
      const rows = await estimateRows(db, table)
      if (rows !== null) tables.push({ table, rows })
    }
    const total = tables.reduce((sum, { rows }) => sum + rows, 0)
    planned.push({ name, purpose: readPurpose(sql), tables, seconds: Math.ceil(total / ROWS_PER_SECOND) })
  }
  return planned
}

/** Lists the tables whose rows the statements of a migration go through, each once. */
export function listWholeTables(sql: string): readonly string[] {
  const code = sql.replace(/--.*$/gm, '')
  const found = WHOLE_TABLE.flatMap((form) => [...code.matchAll(form)].map(([, table = '']) => table))
  return [...new Set(found)].sort()
}

/** Reads the first paragraph of the comment at the top of a migration. */
export function readPurpose(sql: string): string {
  const lines = sql.trimStart().split('\n')
  const end = lines.findIndex((line) => !line.startsWith('--') || line.slice(2).trim() === '')
  return lines
    .slice(0, end === -1 ? lines.length : end)
    .map((line) => line.slice(2).trim())
    .join(' ')
}

/** Estimates the rows of a table as the server’s planner does. Null if there is no such table yet. */
async function estimateRows(db: Database, table: string): Promise<number | null> {
  const [row] = await db.query<{ rows: number | null; isTable: boolean }>(
    `select greatest(c.reltuples, 0)::float8 as rows, c.relkind in ('r', 'p', 'm') as "isTable"
     from pg_class c where c.oid = to_regclass($1)`,
    [table],
  )
  return row === undefined || row.rows === null || !row.isTable ? null : Math.round(row.rows)
}
