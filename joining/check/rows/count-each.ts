import type { Database } from '../../../subgraphs/kit/types.ts'
import type { Finding } from '../finding.ts'
import type { RowCondition } from './conditions.ts'

/**
 * Counts the rows that meet each condition, and names some of them, with one statement for each: the planner makes joins of `exists` and `not exists`,
 * which it cannot do of a filter.
 * @param names an expression that names a row by ids.
 * @param most how many rows of each condition are named.
 */
export async function countEach(
  db: Database,
  { table, names, most }: { readonly table: string; readonly names: string; readonly most: number },
  conditions: readonly RowCondition[],
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const { id, place, condition, details } of conditions) {
    const from = `from ${table} where ${condition}`
    const [row] = await queryUnhurried<{ count: number }>(db, `select count(*)::float8 as count ${from}`)
    if (row === undefined || row.count === 0) continue
    const named = await queryUnhurried<{ name: string }>(db, `select ${names} as name ${from} order by 1 limit ${most}`)
    findings.push({ id, place, details, count: row.count, examples: named.map(({ name }) => name) })
  }
  return findings
}

/** Runs a statement that may read a whole table: no leg waits for it. */
export function queryUnhurried<Row extends object>(
  db: Database,
  text: string,
  params: readonly unknown[] = [],
): Promise<Row[]> {
  return db.transaction(async (transaction) => {
    await transaction.execute('set local statement_timeout = 0')
    return transaction.query<Row>(text, params)
  })
}
