import { compile, sql } from '../kit/sql.ts'
import type { NodeContext } from '../kit/types.ts'

/** Which counts a query asks for. Years are inclusive. */
export interface CaseCountArguments {
  readonly iccs?: string | null
  readonly fromYear?: number | null
  readonly toYear?: number | null
}

/** The number of cases of a year that have a charge under a code of the first level of the ICCS. */
export interface CaseCountRow {
  readonly iccs: string
  readonly year: number
  readonly cases: number
}

/**
 * Counts cases for each code of level 1 and each calendar year, in the order of (iccs, year). A case counts once under each of its
 * codes, in the year in which it was filed, or else in the year of its earliest `committedFrom`. A case without either does not
 * count. A longer `iccs` means the code of level 1 above it.
 *
 * Leaves out counts below the country's threshold. If that were only one count of a year, a reader could compute it from the year's
 * total, so the next smallest count is left out too. The complete table decides which counts these are, because a narrower question
 * must not show what a wider one hides.
 */
export async function countCases(context: NodeContext, args: CaseCountArguments): Promise<readonly CaseCountRow[]> {
  const { text, params } = compile(sql`
    with charged as (
      select o.case_id, left(o.iccs, 2) as iccs, min(o.committed_from) as committed_from
      from cases.offence o group by 1, 2
    ), undated as (
      select case_id, min(committed_from) as committed_from from charged
      where case_id in (select id from cases.case_file where filed_on is null) group by 1
    ), cell as (
      select iccs, extract(year from coalesce(c.filed_on, u.committed_from))::int as year, count(*)::int as cases
      from charged join cases.case_file c on c.id = case_id left join undated u using (case_id)
      where coalesce(c.filed_on, u.committed_from) is not null
      group by 1, 2
    ), judged as (
      select cell.*, cases < ${context.countThreshold} as small,
        count(*) filter (where cases < ${context.countThreshold}) over (partition by year) as smalls,
        row_number() over (partition by year order by cases, iccs) as place
      from cell
    )
    select iccs, year, cases from judged
    where not small and not (smalls = 1 and place = 2)
      and (${args.iccs ?? null}::text is null or iccs = left(${args.iccs ?? null}::text, 2))
      and (${args.fromYear ?? null}::int is null or year >= ${args.fromYear ?? null}::int)
      and (${args.toYear ?? null}::int is null or year <= ${args.toYear ?? null}::int)
    order by iccs, year`)
  return context.db.query<CaseCountRow>(text, params)
}
