import type { Database } from '../../../subgraphs/kit/types.ts'
import type { Finding } from '../finding.ts'
import type { RowCondition } from './conditions.ts'

/** How many rows a table has, and how many of them meet each condition. */
export interface CountedRows {
  readonly rows: number
  readonly findings: readonly Finding[]
}

/**
 * Reads a table once, counts the rows that meet each condition, and then names some of each. The database counts, so a table of any size takes no
 * memory here.
 * @param names an expression that names a row by ids.
 * @param most how many rows of each condition are named.
 */
export async function countRows(
  db: Database,
  { table, names, most }: { readonly table: string; readonly names: string; readonly most: number },
  conditions: readonly RowCondition[],
): Promise<CountedRows> {
  const counts = conditions.map(({ condition }, at) => `, count(*) filter (where ${condition})::float8 as c${at}`)
  return db.transaction(async (transaction) => {
    await transaction.execute('set local statement_timeout = 0')
    const [row = {}] = await transaction.query<Record<string, number>>(
      `select count(*)::float8 as rows${counts.join('')} from ${table}`,
    )
    const findings: Finding[] = []
    for (const [at, { id, place, condition, details }] of conditions.entries()) {
      const count = row[`c${at}`] ?? 0
      if (count === 0) continue
      const examples = await transaction.query<{ name: string | null }>(
        `select ${names} as name from ${table} where ${condition} order by 1 limit ${most}`,
      )
      findings.push({ id, place, details, count, examples: examples.map(({ name }) => name ?? '?') })
    }
    return { rows: row.rows ?? 0, findings }
  })
}
