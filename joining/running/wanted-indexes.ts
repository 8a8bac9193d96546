import { openDatabase } from '../../subgraphs/kit/database.ts'
import { migrate } from '../../subgraphs/kit/migrate.ts'
import type { Database, DomainModule } from '../../subgraphs/kit/types.ts'

/** An index, as PostgreSQL writes it. */
export interface WantedIndex {
  readonly schema: string
  readonly name: string
  /** The statement that makes it. */
  readonly definition: string
  /** The definition without its name, by which two indexes are compared: a country may have given it another. */
  readonly form: string
}

const LIST = `select schemaname as schema, indexname as name, indexdef as definition from pg_indexes
  where schemaname = any($1::text[]) order by 1, 2`

/**
 * Lists the indexes that the migrations of these domains make. It runs them in an embedded database in memory, so that nobody has to keep a second
 * list of them.
 */
export async function listWantedIndexes(modules: readonly DomainModule[]): Promise<readonly WantedIndex[]> {
  const db = await openDatabase({ prepared: 'country' })
  try {
    await migrate(db, modules)
    return await readWantedIndexes(db, modules)
  } finally {
    await db.close()
  }
}

/** Lists the indexes of these domains in a database that nobody has changed since its migrations. */
export function readWantedIndexes(db: Database, modules: readonly DomainModule[]): Promise<readonly WantedIndex[]> {
  return readIndexes(db, ['istmo', 'reference', ...modules.map(({ domain }) => domain)])
}

/** Lists the forms of the indexes that a database has in the schemas of others. */
export async function listIndexes(db: Database, wanted: readonly WantedIndex[]): Promise<ReadonlySet<string>> {
  const schemas = [...new Set(wanted.map(({ schema }) => schema))]
  return new Set((await readIndexes(db, schemas)).map(({ form }) => form))
}

async function readIndexes(db: Database, schemas: readonly string[]): Promise<readonly WantedIndex[]> {
  const rows = await db.query<Omit<WantedIndex, 'form'>>(LIST, [schemas])
  return rows.map((row) => ({ ...row, form: row.definition.replace(/ INDEX \S+ ON /, ' INDEX ON ') }))
}
