import { findPending } from '../../../subgraphs/kit/migrate.ts'
import type { Database } from '../../../subgraphs/kit/types.ts'
import type { CheckContext } from '../context.ts'
import { EXPECTED_INDEXES } from '../expected-indexes.ts'
import { type Finding, NotChecked } from '../finding.ts'

/** From how many rows on a table needs statistics. */
const MANY_ROWS = 1_000

/**
 * Checks that the database is of this version: its migrations, its indexes, and the statistics by which PostgreSQL plans.
 * @throws {NotChecked} without a database.
 */
export async function checkSchema({ db, modules, lacksDatabase }: CheckContext): Promise<readonly Finding[]> {
  if (db === null) throw new NotChecked(lacksDatabase)
  const schemas = ['istmo', 'reference', ...modules.map(({ domain }) => domain)]
  const pending = await findPending(db, modules)
  return [
    ...pending.map((place): Finding => ({ id: 'MIGRATION_MISSING', place })),
    // An index of a migration that has not run is missing too, and comes with it.
    ...(pending.length > 0 ? [] : await findMissingIndexes(db, schemas)),
    ...(await findInvalidIndexes(db, schemas)),
    ...(await findOldStatistics(db, schemas)),
  ]
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

async function findOldStatistics(db: Database, schemas: readonly string[]): Promise<readonly Finding[]> {
  const tables = await db.query<{ table: string; schema: string; name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as table, n.nspname as schema, c.relname as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1::text[]) and c.relkind = 'r'
     order by 1`,
    [schemas],
  )
  const findings: Finding[] = []
  for (const { table, schema, name } of tables) {
    const [known] = await db.query<{ found: boolean }>(
      'select exists (select from pg_stats where schemaname = $1 and tablename = $2) as found',
      [schema, name],
    )
    if (known?.found === true) continue
    const [row] = await db.query<{ rows: number }>(
      `select count(*)::int as rows from (select from ${table} limit ${MANY_ROWS + 1}) as counted`,
    )
    const rows = row?.rows ?? 0
    if (rows > MANY_ROWS)
      findings.push({ id: 'STATISTICS_OLD', place: table, details: { table, rows: `> ${MANY_ROWS}` } })
  }
  return findings
}
