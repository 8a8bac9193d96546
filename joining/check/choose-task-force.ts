import { isLastDayOver } from '../../contract/last-day.ts'
import type { DatabaseContext } from './context.ts'
import { queryUnhurried } from './rows/count-rows.ts'

/** The task force of questions about rows that no file names: it sees what is shared with each. */
const ANYBODY = 'istmo check'

/**
 * Chooses as whom the check asks: of the task forces that the country recognises, or else that rows name, the one that sees most rows.
 * @param table a table with `shared_with` and `handling`.
 */
export async function chooseTaskForce({ db, rules, now }: DatabaseContext, table: string): Promise<string> {
  const recognised = (rules?.read.access.taskForces ?? []).filter(({ notAfter }) => !isLastDayOver(notAfter, now))
  const rows = await queryUnhurried<{ name: string; rows: number }>(
    db,
    `select name, count(*)::float8 as rows from ${table}, unnest(shared_with) as named(name) where name <> '*'
     group by 1 order by 2 desc, 1 limit 100`,
  )
  const seen = new Map(rows.map(({ name, rows: count }) => [name, count]))
  const candidates = recognised.length > 0 ? recognised.map(({ id }) => id) : [...seen.keys()]
  const [best = ANYBODY] = candidates.toSorted((left, right) => (seen.get(right) ?? 0) - (seen.get(left) ?? 0))
  return best
}
