import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { type Said, sayBoth } from '../../../contract/said.ts'
import { listMigrations, listRunMigrations } from '../../../subgraphs/kit/migrate.ts'
import { checkReader, readAs } from '../../../subgraphs/kit/read-as.ts'
import { findOpenTables } from '../../../subgraphs/kit/row-watch.ts'
import { listOldStatistics } from '../../../subgraphs/kit/statistics.ts'
import { describeTableText, ReaderUnsafe, type TableText } from '../../../subgraphs/kit/table-problem.ts'
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

/** Tables that have rows of victims, witnesses or minors, with the domain that has them and the condition of such a row. */
const PROTECTED: readonly { readonly table: string; readonly domain: string; readonly condition: string }[] = [
  { table: 'persons.person', domain: 'persons', condition: 'protected' },
  { table: 'cases.participant', domain: 'cases', condition: `role in ('WITNESS', 'VICTIM')` },
]

/**
 * Checks who sees which rows: what a node checks at each start (row-proof.ts, read-as.ts), and that no task force sees protected rows unless it may.
 * Our own policies are tried on the rows too, not only compared with the text of the migrations.
 */
export async function checkVisibility(context: DatabaseContext): Promise<readonly Finding[]> {
  const { db, modules } = context
  const unsafe = await findUnsafeReader(db, modules)
  if (unsafe.length > 0) return unsafe
  const open = await findOpen(db, modules, 'prove our own policies')
  return [...open, ...(await findProtectedShown(context, new Set(open.map(({ place }) => place))))]
}

/** Finds tables that show rows to a leg that may not see them. */
export async function findOpen(
  db: Database,
  modules: readonly DomainModule[],
  ...proof: readonly 'prove our own policies'[]
): Promise<readonly Finding[]> {
  const schemas = modules.map(({ domain }) => domain)
  const tables = modules.flatMap((module) => (module.tables === undefined ? [] : [module.tables]))
  const open = await findOpenTables(db, schemas, tables, ...proof)
  return open.map(({ table, says: { problem, remedy } }) => ({
    id: 'TABLE_OPEN',
    place: table,
    details: { problem: sayTable(problem), remedy: sayTable(remedy) },
  }))
}

/** Says a text of a table in each language. */
export function sayTable(text: TableText): Said {
  return sayBoth((language) => describeTableText(text, language))
}

/** Finds what keeps row-level security from binding the role that reads for legs. */
export async function findUnsafeReader(db: Database, modules: readonly DomainModule[]): Promise<readonly Finding[]> {
  try {
    await checkReader(db, [...modules.map(({ domain }) => domain), 'istmo'])
    return []
  } catch (error) {
    if (!(error instanceof ReaderUnsafe)) throw error
    const reason = error.problem === null ? error.message : sayTable(error.problem)
    return [{ id: 'READER_UNSAFE', place: 'istmo_reader', details: { reason } }]
  }
}

/** Reads as each task force that the country recognises. A table that is open anyway was named already. */
async function findProtectedShown(
  { db, rules, modules }: DatabaseContext,
  open: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const taskForces = (rules?.read.access.taskForces ?? []).map(({ id }) => id)
  const findings: Finding[] = []
  for (const { table, domain, condition } of PROTECTED) {
    if (open.has(table) || !modules.some((module) => module.domain === domain)) continue
    for (const taskForce of taskForces) {
      const text = `select exists (select from ${table} where ${condition}) as found`
      const [row] = await readAs(db, { taskForce, showsProtected: false }).query<{ found: boolean }>(text)
      if (row?.found !== true) continue
      findings.push({ id: 'PROTECTED_SHOWN', place: table, details: { taskForce } })
      break
    }
  }
  return findings
}
