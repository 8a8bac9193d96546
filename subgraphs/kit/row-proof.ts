import type { DomainTables } from './domain-tables.ts'
import { BIND_READER } from './read-as.ts'
import { type TableProblem, type TableText, tableProblem } from './table-problem.ts'
import type { Database } from './types.ts'

/**
 * Proves that the database hides rows, whatever its tables are: our own, or views over tables that the country has had for years.
 * Row-level security cannot be read off a view, so the node reads each table as a leg would, and looks at what it sees
 * (docs/access.md, Rows).
 */

interface Relation {
  readonly name: string
  readonly kind: 'r' | 'p' | 'v' | 'm' | 'f'
  /** Whether row-level security is on, or the view reads as the role that asks. */
  readonly filters: boolean
  /** Whether its one policy is still the one that our migrations gave it (kit/migrations/003-links.sql). */
  readonly isOurs: boolean
  readonly columns: readonly string[]
}

// No country names a task force like this, so a leg of it sees only what is shared with each task force.
const NOBODYS_TASK_FORCE = 'istmo row proof'

const REMEDIES = {
  r: 'ENABLE_SECURITY',
  p: 'ENABLE_SECURITY',
  v: 'INVOKER_VIEW',
  m: 'REPLACE_BY_VIEW',
  f: 'REPLACE_BY_FILTER',
} as const satisfies Readonly<Record<Relation['kind'], TableText['code']>>

/**
 * Looks for tables that show a leg what it may not see: rows without a task force; to a task force that no row names, rows that are not
 * shared with every one, protected persons, and rows that hang on hidden ones.
 * @param schemas the PostgreSQL schemas of the domains that the node serves.
 * @param own whether a table with our own policy is believed, or the rows that say with whom they are shared are read through it too.
 * @returns one problem for each such table, in the order of their names. The list is empty if the database hides its rows.
 * @throws {Error} if the database does not answer.
 */
export async function findOpenTables(
  db: Database,
  schemas: readonly string[],
  tables: readonly DomainTables[],
  own: Proof['own'] = 'believe our own policies',
): Promise<readonly TableProblem[]> {
  const blind = await findBlindFilter(db)
  if (blind !== null) return [blind]
  const isPublic = new Set(tables.flatMap(({ publicTables }) => publicTables))
  const relations = (await readRelations(db, schemas)).filter(({ name }) => !isPublic.has(name))
  const shown = await findShown(db, relations)
  const problems: TableProblem[] = []
  for (const relation of relations) {
    const problem = await findProblem(db, relation, tables, { shown, own })
    if (problem !== null) problems.push(tableProblem(relation.name, problem, { code: REMEDIES[relation.kind] }))
  }
  return problems
}

/** Rows that nobody may see whom they do not name. */
const HIDDEN_ROWS = [`null, '{H1}'`, `'{}', '{H1}'`, `'{another}', '{H1}'`, `'{*}', '{H2}'`, `'{*}', null`]

/**
 * Tries the function by which all our policies decide. Their texts stay the same if somebody replaces it.
 * @returns the problem; null if the function hides what it must hide.
 */
async function findBlindFilter(db: Database): Promise<TableProblem | null> {
  const shown = HIDDEN_ROWS.map((row) => `coalesce(istmo.sees(${row}), false)`).join(' or ')
  const isBlind = await db.transaction(async (transaction) => {
    const finds = async (taskForce: string, condition: string): Promise<boolean> => {
      await transaction.query(BIND_READER, [taskForce, ''])
      const [row] = await transaction.query<{ found: boolean }>(`select ${condition} as found`)
      return row?.found === true
    }
    return (await finds(NOBODYS_TASK_FORCE, shown)) || (await finds('', `coalesce(istmo.sees('{*}', '{H1}'), false)`))
  })
  if (!isBlind) return null
  return tableProblem('istmo.sees', { code: 'FILTER_BLIND' }, { code: 'RESTORE_FILTER' })
}

/** Lists what the reader may select from. */
function readRelations(db: Database, schemas: readonly string[]): Promise<Relation[]> {
  return db.query<Relation>(
    `select format('%I.%I', n.nspname, c.relname) as name, c.relkind as kind,
       case c.relkind when 'v' then exists (
           select from pg_options_to_table(c.reloptions) where option_name = 'security_invoker' and option_value::boolean)
         else c.relrowsecurity end as filters,
       c.relkind in ('r', 'p') and (
         select count(*) = 1 and bool_and(md5(pg_get_expr(polqual, polrelid)) = obj_description(p.oid, 'pg_policy'))
         from pg_policy p where polrelid = c.oid) as "isOurs",
       array(select attname::text from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1::text[]) and c.relkind in ('r', 'p', 'v', 'm', 'f')
       and has_any_column_privilege('istmo_reader', c.oid, 'SELECT')
     order by 1`,
    [schemas],
  )
}

/**
 * Lists the tables that show rows to a leg that no task force has, in one statement for all: an embedded database takes half a second of a start for a
 * transaction of each.
 * @returns null if a table cannot be read, so that each has to be asked by itself.
 */
async function findShown(db: Database, relations: readonly Relation[]): Promise<ReadonlySet<string> | null> {
  if (relations.length === 0) return new Set()
  const each = relations.map(({ name }, at) => `select ${at} as at where exists (select from ${name})`)
  try {
    const rows = await queryAsReader<{ at: number }>(db, '', each.join(' union all '))
    return new Set(rows.map(({ at }) => relations[at]?.name ?? ''))
  } catch (error) {
    if (!isDenied(error)) throw error
    return null
  }
}

/** How a table is looked at. `shown`: the tables that show rows without a task force; null if each has to be asked by itself. */
interface Proof {
  readonly shown: ReadonlySet<string> | null
  readonly own: 'believe our own policies' | 'prove our own policies'
}

async function findProblem(
  db: Database,
  relation: Relation,
  tables: readonly DomainTables[],
  { shown, own }: Proof,
): Promise<TableText | null> {
  const { name, filters, isOurs, columns } = relation
  try {
    if (shown === null ? await finds(db, '', name, 'true') : shown.has(name)) return { code: 'SHOWN_TO_NOBODY' }
    if (!filters) return { code: 'ROWS_UNFILTERED' }
    // The tests prove our own policies. To read all rows through them would take a minute in a large country.
    if (isOurs && own === 'believe our own policies') return null
    if (await finds(db, NOBODYS_TASK_FORCE, name, unshared(columns))) return { code: 'SHOWN_TO_OTHERS' }
    if (isOurs) return null
    for (const link of tables.flatMap(({ links }) => links)) {
      if (link.table !== name) continue
      const { column, hidden } = link
      if (await finds(db, NOBODYS_TASK_FORCE, name, `${hidden}(${column})`))
        return { code: 'LINK_SHOWN', details: { column, hidden } }
    }
    return null
  } catch (error) {
    if (!isDenied(error)) throw error
    return { code: 'UNREADABLE', details: { reason: (error as Error).message } }
  }
}

/** Returns the condition of rows that only a task force by name may see. */
function unshared(columns: readonly string[]): string {
  const conditions = [
    ...(columns.includes('shared_with') ? [`coalesce(not '*' = any(shared_with), true)`] : []),
    ...(columns.includes('handling') ? [`not handling <@ '{H0,H1}'`] : []),
    ...(columns.includes('protected') ? ['protected'] : []),
  ]
  return conditions.length === 0 ? 'false' : conditions.join(' or ')
}

async function finds(db: Database, taskForce: string, table: string, condition: string): Promise<boolean> {
  const text = `select exists (select from ${table} where ${condition}) as found`
  const [row] = await queryAsReader<{ found: boolean }>(db, taskForce, text)
  return row?.found === true
}

/** Asks a question as a leg of a task force would. */
function queryAsReader<Row extends object>(db: Database, taskForce: string, text: string): Promise<Row[]> {
  return db.transaction(async (transaction) => {
    // The whole table may have to be read. At this time no leg waits for it.
    await transaction.execute('set local statement_timeout = 0')
    await transaction.query(BIND_READER, [taskForce, ''])
    return transaction.query<Row>(text)
  })
}

/** Whether the database refused, in contrast to a database that does not answer. */
function isDenied(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '42501'
}
