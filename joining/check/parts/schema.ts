import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { listMigrations, listRunMigrations } from '../../../subgraphs/kit/migrate.ts'
import { listOldStatistics } from '../../../subgraphs/kit/statistics.ts'
import type { Database, DomainModule } from '../../../subgraphs/kit/types.ts'
import type { DatabaseContext } from '../context.ts'
import type { Finding } from '../finding.ts'

/** Checks that the database is of this version: its migrations, its indexes, and the statistics by which PostgreSQL plans. */
export async function checkSchema({ db, modules }: DatabaseContext): Promise<readonly Finding[]> {
  const migrations = await findMigrationFaults(db, modules)
  // An index of a migration that has not run is missing too, and comes with it.
  const indexes = await findIndexFaults(db, modules)
  const found = migrations.length > 0 ? indexes.filter(({ id }) => id !== 'INDEX_MISSING') : indexes
  return [...migrations, ...found, ...(await findOldStatistics(db))]
}

/** Compares the migrations that have run with those of this version. */
export async function findMigrationFaults(db: Database, modules: readonly DomainModule[]): Promise<readonly Finding[]> {
  const [known, ran] = [await listMigrations(modules), await listRunMigrations(db)]
  const served = new Set(['kit', ...modules.map(({ domain }) => domain)])
  const others = ran.flatMap(({ name, sha256 }): readonly Finding[] => {
    if (!served.has(name.split('/', 1)[0] ?? '')) return []
    const ours = known.find((each) => each.name === name)
    if (ours === undefined) return [{ id: 'MIGRATIONS_NEWER', place: name, details: { 0: name } }]
    return ours.sha256 === sha256 ? [] : [{ id: 'MIGRATIONS_ALTERED', place: name, details: { 0: name } }]
  })
  const done = new Set(ran.map(({ name }) => name))
  const missing = known.filter(({ name }) => !done.has(name))
  return [...others, ...missing.map(({ name }): Finding => ({ id: 'MIGRATION_MISSING', place: name }))]
}

/** Finds indexes of the migrations that are missing, and those that cannot be used. */
export async function findIndexFaults(db: Database, modules: readonly DomainModule[]): Promise<readonly Finding[]> {
  const schemas = ['istmo', 'reference', ...modules.map(({ domain }) => domain)]
  return [...(await findMissingIndexes(db, schemas)), ...(await findInvalidIndexes(db, schemas))]
}

/** Finds tables whose statistics are missing or old. */
export async function findOldStatistics(db: Database): Promise<readonly Finding[]> {
  return (await listOldStatistics(db)).map((table) => ({ id: 'STATISTICS_OLD', place: table, details: { table } }))
}

/** Writes the definition of an index without its name: `CREATE INDEX ON cases.offence USING btree (iccs, case_id)`. */
export function withoutName(definition: string): string {
  return definition.replace(/^(CREATE (?:UNIQUE )?INDEX) (?:"[^"]+"|\S+) ON/, '$1 ON')
}

async function findMissingIndexes(db: Database, schemas: readonly string[]): Promise<readonly Finding[]> {
  const rows = await db.query<{ definition: string }>(
    'select indexdef as definition from pg_indexes where schemaname = any($1::text[])',
    [schemas],
  )
  const tables = await db.query<{ name: string }>(
    `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1::text[]) and c.relkind in ('r', 'p')`,
    [schemas],
  )
  const [known, own] = [
    new Set(rows.map(({ definition }) => withoutName(definition))),
    new Set(tables.map(({ name }) => name)),
  ]
  return EXPECTED_INDEXES.flatMap((definition): readonly Finding[] => {
    const table = / ON (\S+) USING /.exec(definition)?.[1] ?? ''
    // A view has none. Which ones the tables below it need, nobody but the country can say.
    if (!own.has(table) || known.has(definition)) return []
    return [{ id: 'INDEX_MISSING', place: table, details: { definition } }]
  })
}

/** `create index concurrently` leaves one behind if it fails. */
async function findInvalidIndexes(db: Database, schemas: readonly string[]): Promise<readonly Finding[]> {
  const rows = await db.query<{ index: string }>(
    `select format('%I.%I', n.nspname, c.relname) as index
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1::text[]) and not (i.indisvalid and i.indisready) order by 1`,
    [schemas],
  )
  return rows.map(({ index }) => ({ id: 'INDEX_INVALID', place: index, details: { index } }))
}

/** The indexes that the migrations of the kit and the domains make, as `pg_get_indexdef` writes them, without their names. */
export const EXPECTED_INDEXES: readonly string[] = parse(
  readFileSync(new URL('../expected-indexes.yaml', import.meta.url), 'utf8'),
)
