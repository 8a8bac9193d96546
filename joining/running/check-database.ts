import { exists } from '../../audit/if-there.ts'
import { describeProcess, FolderInUseError } from '../../service/folder-lock/folder-lock.ts'
import { findForgetfulReplication } from '../../service/forgetful-replication.ts'
import { loadDomains } from '../../subgraphs/domains.ts'
import { openDatabase } from '../../subgraphs/kit/database.ts'
import { listEmptyDomains } from '../../subgraphs/kit/empty-domains.ts'
import { listMigrations } from '../../subgraphs/kit/migrate.ts'
import type { Database, DomainModule } from '../../subgraphs/kit/types.ts'
import { type AreaFinding, type Finding, inArea, noteOf, reasonOf } from '../check/finding.ts'
import { judgeDatabaseClock } from '../check/parts/clock.ts'
import { findUncoveredRows } from '../check/parts/rows.ts'
import {
  EXPECTED_INDEXES,
  findIndexFaults,
  findMigrationFaults,
  findOldStatistics,
  findOpen,
  findUnsafeReader,
} from '../check/parts/schema.ts'
import { findOtherCountry } from '../check/run-check.ts'
import type { NodePlace } from './node-place.ts'

const note = noteOf('database')

function unusable(error: unknown): AreaFinding {
  const details = { reason: hidePassword(reasonOf(error)) }
  return { area: 'database', id: 'DATABASE_UNUSABLE', place: 'database', details }
}

/** Looks at the database of a node, and changes nothing in it. The clock of a server is compared with this machine’s. */
export async function checkDatabase(place: NodePlace): Promise<readonly AreaFinding[]> {
  const { databaseUrl: url, databaseFolder: folder, upstream, country, domains } = place.config
  if (upstream !== undefined) return [note('DATABASE_SIDECAR')]
  if (url === undefined && folder === undefined) return [note('DATABASE_NONE')]
  if (folder !== undefined && url === undefined && !(await exists(folder))) return [note('DATABASE_MISSING', folder)]
  const modules = await loadDomains(domains)
  let db: Database
  try {
    db = await openDatabase({ url, folder })
  } catch (error) {
    if (error instanceof FolderInUseError) {
      const holder = error.pid === undefined ? 'another process' : describeProcess(error.pid)
      return [note('DATABASE_IN_USE', holder)]
    }
    return [unusable(error)]
  }
  try {
    return await checkOpenDatabase(db, { country, modules, isServer: url !== undefined })
  } catch (error) {
    return [unusable(error)]
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
}

/** Looks at a database that is open. */
export async function checkOpenDatabase(db: Database, wanted: WantedDatabase): Promise<readonly AreaFinding[]> {
  const general = await checkGeneral(db, wanted)
  // The next start of the node runs what has not run yet.
  const migrations = (await findMigrationFaults(db, wanted.modules)).map(
    (found): Finding => ({ ...found, ...(found.id === 'MIGRATION_MISSING' && { severity: 'warning' }) }),
  )
  // Without its tables there is nothing more to look at.
  if (migrations.length > 0) return [...general, ...inArea('database', migrations)]
  const { length } = await listMigrations(wanted.modules)
  return [...general, note('MIGRATIONS_DONE', length), ...(await checkTables(db, wanted.modules))]
}

async function checkGeneral(db: Database, { country, isServer }: WantedDatabase): Promise<readonly AreaFinding[]> {
  const [row] = await db.query<{ version: string; size: number; has: boolean; closed: boolean }>(
    `select current_setting('server_version') as version, pg_database_size(current_database())::float8 / 1048576 as size,
       to_regclass('istmo.setting') is not null as has, current_setting('transaction_read_only') = 'on' as closed`,
  )
  if (row === undefined) return []
  return [
    note('DATABASE_READ', row.version, Math.ceil(row.size)),
    ...(isServer ? inArea('clock', [await judgeDatabaseClock(db, 'PostgreSQL')]) : []),
    ...(row.closed ? [note('DATABASE_READ_ONLY')] : []),
    ...(isServer ? await checkReplication(db) : []),
    ...(row.has ? inArea('database', await findOtherCountry(db, country)) : []),
  ]
}

/** What a node counts for its quotas is in its database. */
async function checkReplication(db: Database): Promise<readonly AreaFinding[]> {
  const forgetful = await findForgetfulReplication((sql) => db.query(sql))
  return forgetful === null ? [] : [note(forgetful)]
}

/** Makes one finding of what is well, if nothing was found. */
function orWell(found: readonly Finding[], id: string, ...values: readonly number[]): readonly AreaFinding[] {
  return found.length === 0 ? [note(id, ...values)] : inArea('database', found)
}

async function checkTables(db: Database, modules: readonly DomainModule[]): Promise<readonly AreaFinding[]> {
  const unsafe = await findUnsafeReader(db, modules)
  const empty = await listEmptyDomains(
    db,
    modules.map(({ domain }) => domain),
  )
  return [
    ...orWell(unsafe, 'READER_BOUND'),
    ...(unsafe.length > 0 ? [] : orWell(await findOpen(db, modules), 'ROWS_HIDDEN')),
    ...inArea('database', await findUncoveredRows(db, modules)),
    empty.length === 0 ? note('ROWS_THERE') : note('ROWS_NONE', empty.join(', ')),
    ...orWell(await findIndexFaults(db, modules), 'INDEXES_THERE', EXPECTED_INDEXES.length),
    ...orWell(await findOldStatistics(db), 'STATISTICS_FRESH'),
  ]
}

/** A message of a driver may quote a URL with its password. */
function hidePassword(text: string): string {
  return text.replace(/(postgres(?:ql)?:\/\/[^:@/\s]*):[^@/\s]*@/g, '$1:…@')
}
