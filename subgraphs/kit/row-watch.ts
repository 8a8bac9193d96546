/**
 * Proves that the database hides rows, whatever its tables are: our own, or views over tables that the country has had for years.
 * Row-level security cannot be read off a view, so the node reads each table as a leg would, and looks at what it sees
 * (docs/access.md, Rows).
 */

import type { Logger } from 'pino'
import type { DomainTables } from './domain-tables.ts'
import { loggable } from './loggable.ts'
import { BIND_READER } from './read-as.ts'
import { type TableProblem, type TableText, tableProblem } from './table-problem.ts'
import type { Database, DomainModule } from './types.ts'

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

/**
 * Checks that everything derived from rows covers them: words of names, sort keys, folded values. A search that reads an index which lacks
 * rows would say «no hit», and nobody could tell that from the truth.
 */

/**
 * Looks for derived data that does not cover its rows. A column that the database generates covers its rows by itself.
 * @returns one problem for each, in the order of the domain's list. The list is empty if everything is covered.
 * @throws {Error} if the database does not answer.
 */
export async function findUncovered(db: Database, { derived }: DomainTables): Promise<readonly TableProblem[]> {
  const generated = new Set(await listGenerated(db))
  const problems: TableProblem[] = []
  for (const { name, uncovered, remedy } of derived) {
    if (generated.has(name) || !(await returnsRow(db, uncovered))) continue
    problems.push(tableProblem(name, { code: 'NOT_COVERED' }, remedy))
  }
  return problems
}

async function listGenerated(db: Database): Promise<readonly string[]> {
  const rows = await db.query<{ name: string }>(
    `select format('%I.%I.%I', n.nspname, c.relname, a.attname) as name
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where a.attgenerated = 's' and c.relkind in ('r', 'p')`,
  )
  return rows.map(({ name }) => name)
}

function returnsRow(db: Database, query: string): Promise<boolean> {
  return db.transaction(async (transaction) => {
    await transaction.execute('set local statement_timeout = 0')
    const [row] = await transaction.query<{ found: boolean }>(`select exists (${query}) as found`)
    return row?.found === true
  })
}

/** Keeps a domain from answering while its tables would make the answers wrong. */
export interface RowWatch {
  /** Why the domain cannot answer; undefined if it can. */
  problemOf(domain: string): TableProblem | undefined
  /** Looks at the tables again, now. */
  check(): Promise<void>
  /** Stops looking. */
  close(): void
}

/** How long the watch rests between two checks, in milliseconds. */
const LEAST_PAUSE_MS = 60_000
/** A check rests so many times as long as it took, so that it never costs more than one hundredth of the database's time. */
const PAUSE_PER_CHECK = 100

type Module = Pick<DomainModule, 'domain' | 'tables'>

/**
 * Checks the tables of the domains: that they hide their rows, and that everything derived from them covers them
 * completely. Then it checks them again from time to time.
 * @returns the watch. A domain whose derived data does not cover its rows is not ready.
 * @throws {Error} if a table shows rows that must be hidden. The message names each table, with its remedy. The node does not start.
 */
export async function watchRows(db: Database, modules: readonly Module[], log: Logger): Promise<RowWatch> {
  const open = await findOpenByDomain(db, modules)
  if (open.size > 0) throw new Error(describeOpen([...new Set(open.values())]))
  let problems: ReadonlyMap<string, TableProblem> = new Map()
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  const check = async (known?: ReadonlyMap<string, TableProblem>): Promise<void> => {
    const found = new Map(known ?? (await findOpenByDomain(db, modules)))
    for (const { domain, tables } of modules) {
      const [first] = tables === undefined || found.has(domain) ? [] : await findUncovered(db, tables)
      if (first !== undefined) found.set(domain, first)
    }
    logChanges(log, problems, found)
    problems = found
  }
  const checkLater = (pauseMs: number): void => {
    if (isClosed) return
    timer = setTimeout(async () => {
      const startedAt = performance.now()
      // A database that does not answer is found by the legs. What was known before still holds.
      await check().catch((error: unknown) => log.warn({ err: loggable(error) }, 'the tables could not be checked'))
      checkLater(Math.max(LEAST_PAUSE_MS, PAUSE_PER_CHECK * (performance.now() - startedAt)))
    }, pauseMs)
    timer.unref()
  }
  await check(open)
  checkLater(LEAST_PAUSE_MS)
  return {
    problemOf: (domain) => problems.get(domain),
    check: () => check(),
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}

async function findOpenByDomain(db: Database, modules: readonly Module[]): Promise<ReadonlyMap<string, TableProblem>> {
  const tables = modules.flatMap((module) => (module.tables === undefined ? [] : [module.tables]))
  const schemas = modules.map(({ domain }) => domain)
  const found = new Map<string, TableProblem>()
  for (const problem of await findOpenTables(db, schemas, tables)) {
    const schema = problem.table.split('.', 1)[0] ?? ''
    // What stands in the kit’s own schema decides for each domain.
    const concerned = schemas.some((domain) => domain === schema) ? [schema] : schemas
    for (const domain of concerned) if (!found.has(domain)) found.set(domain, problem)
  }
  return found
}

function describeOpen(problems: readonly TableProblem[]): string {
  const lines = problems.map(({ table, problem, remedy }) => `- ${table}: ${problem}. ${remedy}`)
  return `Expected tables that hide their rows from a leg that may not see them (docs/access.md, Rows):\n${lines.join('\n')}`
}

function logChanges(
  log: Logger,
  before: ReadonlyMap<string, TableProblem>,
  now: ReadonlyMap<string, TableProblem>,
): void {
  for (const [domain, problem] of now) {
    const { says: _, ...said } = problem
    if (before.get(domain)?.table !== problem.table) log.error({ domain, ...said }, 'a domain is not ready')
  }
  for (const domain of before.keys()) if (!now.has(domain)) log.info({ domain }, 'a domain is ready again')
}
