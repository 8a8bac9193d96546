import type { DomainTables } from './domain-tables.ts'
import { type TableProblem, tableProblem } from './table-problem.ts'
import type { Database } from './types.ts'

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
