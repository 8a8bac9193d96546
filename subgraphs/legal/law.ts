import { compile, sql } from '../kit/sql.ts'
import type { NodeContext, Reader } from '../kit/types.ts'
import { hasIccs, INSTRUMENT_COLUMNS, type InstrumentRow, STATUTE_COLUMNS, type StatuteRow } from './tables.ts'

/** Questions about the law whose answer is not a page of rows. */

/** The maximum penalty from which a crime is serious, in months: four years (UNTOC, article 2(b)). */
const SERIOUS_CRIME_MONTHS = 48

/** Checks whether a statute's maximum penalty makes a serious crime under UNTOC article 2(b). Returns null if none is recorded. */
export function isSeriousCrime({ maxPenaltyMonths }: Pick<StatuteRow, 'maxPenaltyMonths'>): boolean | null {
  return maxPenaltyMonths === null ? null : maxPenaltyMonths >= SERIOUS_CRIME_MONTHS
}

/** One country's part of `DualCriminality`, from the country's own leg. */
interface DualCriminality {
  readonly perCountry: readonly {
    readonly country: string
    readonly statutes: readonly StatuteRow[]
    readonly untocSeriousCrime: boolean
  }[]
  readonly satisfied: boolean
}

/**
 * Checks whether conduct of an ICCS code, or of a code below it, is an offence here today (UTC): whether a statute of the code is in
 * force. A statute without a first day counts as in force. On the day of its repeal a statute is no longer in force. The statutes
 * are in the order of their ids.
 */
export async function dualCriminality({ db, country }: NodeContext, iccs: string): Promise<DualCriminality> {
  const { text, params } = compile(sql`
    select ${STATUTE_COLUMNS} from legal.statute s
    where ${hasIccs([iccs])}
      and (s.in_force_from is null or s.in_force_from <= current_date)
      and (s.repealed_on is null or s.repealed_on > current_date)
    order by s.id`)
  const statutes = await db.query<StatuteRow>(text, params)
  const untocSeriousCrime = statutes.some((statute) => isSeriousCrime(statute) === true)
  return { perCountry: [{ country, statutes, untocSeriousCrime }], satisfied: statutes.length > 0 }
}

/**
 * Finds the instruments that bind each of these countries, in the order of the ids. Each country has a day on which it became bound.
 * Without countries, finds all instruments.
 */
export async function instrumentsBinding(db: Reader, countries: readonly string[]): Promise<readonly InstrumentRow[]> {
  const { text, params } = compile(sql`
    select ${INSTRUMENT_COLUMNS} from legal.instrument i
    where not exists (
      select from unnest(${countries}::text[]) as wanted(country)
      where not exists (
        select from legal.participation t
        where t.instrument_id = i.id and t.country = wanted.country and t.bound_on is not null))
    order by i.id`)
  return db.query<InstrumentRow>(text, params)
}
