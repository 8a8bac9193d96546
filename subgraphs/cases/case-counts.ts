import { compile, sql } from '../kit/sql.ts'
import type { NodeContext } from '../kit/types.ts'

/** Which counts are asked for. Years are inclusive. */
export interface CaseCountArguments {
  readonly iccs?: string | null
  readonly fromYear?: number | null
  readonly toYear?: number | null
}

/** How many cases of a year have a charge under a code of the first level of the ICCS. */
export interface CaseCountRow {
  readonly iccs: string
  readonly year: number
  readonly cases: number
}

/**
 * Counts per code of level 1 and whole year, by (iccs, year). A case counts once under each of its codes, in the year in which it
 * was filed, else in that of its earliest `committedFrom`; one without either is left out. A longer `iccs` stands for the code of
 * level 1 that it lies under.
 *
 * Counts below the country's threshold are left out. Where one alone would be left out of a year, it could be had back from
 * the year's total, so the next smallest goes with it. Which these are is decided on the whole table: a narrower question must not
 * show what a wider one hides.
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
