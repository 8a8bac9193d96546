import type { Reader } from '../../kit/types.ts'

/**
 * Cases of one month that have the same codes. Each case is in exactly one row, so each count that the country publishes is a sum of
 * rows, and a case never counts twice under one code.
 */
export interface TallyRow {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  /** The codes of the charges, each once, in the order of bytes, as the records have them. */
  readonly codes: readonly string[]
  readonly cases: number
}

/**
 * Reads the tally of the cases that the leg may see. A case belongs to the month in which it was filed, or else to that of its earliest
 * `committedFrom`. A case without either, or without a charge, is not counted.
 *
 * The statement reads each charge once, by the primary key of its case. That plan is good with and without statistics of the tables.
 */
export function readTally(db: Reader): Promise<readonly TallyRow[]> {
  return db.query<TallyRow>(`
    select extract(year from day)::int as year, extract(month from day)::int as month, codes, count(*)::int as cases
    from (
      select coalesce(c.filed_on, min(o.committed_from)) as day, array_agg(distinct o.iccs order by o.iccs) as codes
      from cases.offence o join cases.case_file c on c.id = o.case_id
      group by c.id, c.filed_on
    ) counted
    where day is not null
    group by 1, 2, 3`)
}
