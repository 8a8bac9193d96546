import { type DoubtId, listDoubts } from '../doubtful-values.ts'
import type { FilledKind } from './kinds.ts'
import type { Statements } from './target.ts'

/** Staged rows with values that cannot be true of a person. They are taken: whoever reads the warning decides. */
export interface DoubtfulRows {
  readonly id: DoubtId
  /** `persons.identifier.value`. */
  readonly place: string
  readonly rows: number
  /** The ids of some of them. */
  readonly examples: readonly string[]
}

/** How many rows of each kind are named. */
const EXAMPLES = 5

/**
 * Finds doubtful values in what a run staged. An incremental run sees only what it read.
 * @param today a day in UTC, `YYYY-MM-DD`.
 */
export async function findDoubts(
  target: Pick<Statements, 'query'>,
  kinds: readonly FilledKind[],
  today: string,
): Promise<readonly DoubtfulRows[]> {
  const stage = (name: string): string | null => kinds.find((kind) => kind.name === name)?.stage ?? null
  const person = stage('persons')
  if (person === null) return []
  const tables = { person, name: stage('persons.names'), identifier: stage('persons.identifiers') }
  const found: DoubtfulRows[] = []
  for (const { id, place, table, names, condition } of listDoubts(tables, today)) {
    const [row] = await target.query<Pick<DoubtfulRows, 'rows' | 'examples'>>(
      `with doubted as materialized (select ${names} as name from ${table} where ${condition})
       select count(*)::int as rows, (select coalesce(jsonb_agg(name), '[]') from (select name from doubted order by 1 limit ${EXAMPLES}) as few) as examples
       from doubted`,
    )
    if (row !== undefined && row.rows > 0) found.push({ id, place, ...row })
  }
  return found
}
