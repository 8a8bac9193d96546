import { stat } from 'node:fs/promises'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'
import { describeProcess } from '../../service/folder-lock/lock-holder.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import { findUncovered } from '../../subgraphs/kit/coverage.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { listEmptyDomains } from '../../subgraphs/kit/empty-domains.ts'
import { listMigrations, listRunMigrations } from '../../subgraphs/kit/migrate.ts'
import { checkReader } from '../../subgraphs/kit/read-as.ts'
import { findOpenTables } from '../../subgraphs/kit/row-proof.ts'
import { listOldStatistics } from '../../subgraphs/kit/statistics.ts'
import type { Database, DomainModule } from '../../subgraphs/kit/types.ts'
import { type Finding, noteOf, reasonOf } from './finding.ts'
import type { NodePlace } from './node-place.ts'
import { listIndexes, listWantedIndexes, type WantedIndex } from './wanted-indexes.ts'

const note = noteOf('database')
const clockNote = noteOf('clock')

/** How far the clock of the database may differ, in milliseconds. The quota of rows counts days by it. */
const MAX_SKEW_MS = 2_000

/** Looks at the database of a node, and changes nothing in it. The clock of a server is compared with this machine’s. */
export async function checkDatabase(place: NodePlace): Promise<readonly Finding[]> {
  const { databaseUrl: url, databaseFolder: folder, upstream, country, domains } = place.config
  if (upstream !== undefined) return [note('well', 'DATABASE_SIDECAR')]
  if (url === undefined && folder === undefined) return [note('warning', 'DATABASE_NONE')]
  if (folder !== undefined && url === undefined && !(await exists(folder)))
    return [note('well', 'DATABASE_MISSING', folder)]
  const modules = await loadDomains(domains)
  let db: Database
  try {
    db = await openDatabase({ url, folder })
  } catch (error) {
    if (error instanceof FolderInUseError) {
      const holder = error.pid === undefined ? 'another process' : describeProcess(error.pid)
      return [note('unknown', 'DATABASE_IN_USE', holder)]
    }
    return [note('wrong', 'DATABASE_UNREACHABLE', hidePassword(reasonOf(error)))]
  }
  try {
    return await checkOpenDatabase(db, { country, modules, isServer: url !== undefined })
  } catch (error) {
    return [note('wrong', 'DATABASE_UNREACHABLE', hidePassword(reasonOf(error)))]
  } finally {
    await db.close()
  }
}

/** What {@link checkOpenDatabase} compares a database with. */
export interface WantedDatabase {
  readonly country: string
  readonly modules: readonly DomainModule[]
  /** Whether it has a clock of its own. */
  readonly isServer: boolean
  /** Lists the indexes that its migrations make. Default: it runs them in an embedded database. */
  readonly wantedIndexes?: (modules: readonly DomainModule[]) => Promise<readonly WantedIndex[]>
}

/** Looks at a database that is open. */
export async function checkOpenDatabase(db: Database, wanted: WantedDatabase): Promise<readonly Finding[]> {
  const general = await checkGeneral(db, wanted.country, wanted.isServer)
  const migrations = await checkMigrations(db, wanted.modules)
  // Without its tables there is nothing more to look at.
  if (migrations.some(({ state }) => state !== 'well')) return [...general, ...migrations]
  return [...general, ...migrations, ...(await checkTables(db, wanted))]
}

async function checkGeneral(db: Database, country: string, isServer: boolean): Promise<readonly Finding[]> {
  const before = Date.now()
  const [row] = await db.query<{ version: string; size: number; now: number; has: boolean; closed: boolean }>(
    `select current_setting('server_version') as version, pg_database_size(current_database())::float8 / 1048576 as size,
       extract(epoch from clock_timestamp())::float8 * 1000 as now, to_regclass('istmo.setting') is not null as has,
       current_setting('transaction_read_only') = 'on' as closed`,
  )
  const after = Date.now()
  if (row === undefined) return []
  const findings = [note('well', 'DATABASE_READ', row.version, Math.ceil(row.size))]
  if (isServer) {
    // Its clock was read at some moment between both times.
    const skew = Math.round(Math.max(0, row.now - after, before - row.now))
    findings.push(
      skew > MAX_SKEW_MS
        ? clockNote('wrong', 'CLOCK_OFF', 'PostgreSQL', skew)
        : clockNote('well', 'CLOCK_WITH', 'PostgreSQL', skew),
    )
  }
  if (row.closed) findings.push(note('wrong', 'DATABASE_READ_ONLY'))
  if (!row.has) return findings
  const [bound] = await db.query<{ value: string }>(`select value from istmo.setting where name = 'country'`)
  if (bound !== undefined && bound.value !== country) findings.push(note('wrong', 'DATABASE_COUNTRY', bound.value))
  return findings
}

async function checkMigrations(db: Database, modules: readonly DomainModule[]): Promise<readonly Finding[]> {
  const [known, ran] = [
    await listMigrations(modules),
    new Map((await listRunMigrations(db)).map((each) => [each.name, each.sha256])),
  ]
  const altered = known.find(({ name, sha256 }) => ran.has(name) && ran.get(name) !== sha256)
  if (altered !== undefined) return [note('wrong', 'MIGRATIONS_ALTERED', altered.name)]
  const served = new Set(['kit', ...modules.map(({ domain }) => domain)])
  const newer = [...ran.keys()].find(
    (name) => served.has(name.split('/', 1)[0] ?? '') && !known.some((each) => each.name === name),
  )
  if (newer !== undefined) return [note('wrong', 'MIGRATIONS_NEWER', newer)]
  const waiting = known.filter(({ name }) => !ran.has(name)).map(({ name }) => name)
  if (waiting.length > 0) return [note('warning', 'MIGRATIONS_WAIT', waiting.length, waiting.join(', '))]
  return [note('well', 'MIGRATIONS_DONE', known.length)]
}

async function checkTables(
  db: Database,
  { modules, wantedIndexes = listWantedIndexes }: WantedDatabase,
): Promise<readonly Finding[]> {
  const schemas = modules.map(({ domain }) => domain)
  const tables = modules.flatMap(({ tables: own }) => (own === undefined ? [] : [own]))
  const findings: Finding[] = []
  const readerFault = await checkReader(db, [...schemas, 'istmo']).then(() => null, reasonOf)
  findings.push(readerFault === null ? note('well', 'READER_BOUND') : note('wrong', 'READER_WRONG', readerFault))
  const open = readerFault === null ? await findOpenTables(db, schemas, tables) : []
  for (const { table, problem, remedy } of open) findings.push(note('wrong', 'ROWS_OPEN', table, problem, remedy))
  if (readerFault === null && open.length === 0) findings.push(note('well', 'ROWS_HIDDEN'))
  for (const own of tables)
    for (const { table, problem, remedy } of await findUncovered(db, own))
      findings.push(note('wrong', 'UNCOVERED', table, problem, remedy))
  const empty = await listEmptyDomains(db, schemas)
  findings.push(empty.length === 0 ? note('well', 'ROWS_THERE') : note('warning', 'ROWS_NONE', empty.join(', ')))
  const wanted = await wantedIndexes(modules)
  const there = await listIndexes(db, wanted)
  const missing = wanted.filter((each) => !there.has(each.form))
  for (const { name, definition } of missing) findings.push(note('warning', 'INDEX_MISSING', name, definition))
  if (missing.length === 0) findings.push(note('well', 'INDEXES_THERE', wanted.length))
  const old = await listOldStatistics(db)
  findings.push(old.length === 0 ? note('well', 'STATISTICS_FRESH') : note('warning', 'STATISTICS_OLD', old.join(', ')))
  return findings
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}

/** A message of a driver may quote a URL with its password. */
function hidePassword(text: string): string {
  return text.replace(/(postgres(?:ql)?:\/\/[^:@/\s]*):[^@/\s]*@/g, '$1:…@')
}
