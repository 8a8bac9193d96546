import { mayAskFor } from '../kit/leg-memory.ts'
import { compile, sql } from '../kit/sql.ts'
import type { NodeContext, Reader } from '../kit/types.ts'
import { hasIccs, INSTRUMENTS, type InstrumentRow, STATUTES, type StatuteRow } from './tables.ts'

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
 * are in the order of their ids. A leg reads the statutes of all codes that it asks for at once.
 */
export async function dualCriminality(context: NodeContext, iccs: string): Promise<DualCriminality> {
  const { country } = context
  const read = (codes: readonly string[]) => readStatutesInForce(context, codes)
  const statutes = await context.loader<string, readonly StatuteRow[]>('legal.statutesInForce', () => read).load(iccs)
  const untocSeriousCrime = statutes.some((statute) => isSeriousCrime(statute) === true)
  return { perCountry: [{ country, statutes, untocSeriousCrime }], satisfied: statutes.length > 0 }
}

async function readStatutesInForce(context: NodeContext, codes: readonly string[]): Promise<readonly StatuteRow[][]> {
  const { text, params } = compile(
    sql`
    select ${STATUTES.select}, array(select unnest(s.iccs_and_above) intersect select unnest(${codes}::text[])) as asked
    from legal.statute s
    where ${hasIccs(codes)}
      and (s.in_force_from is null or s.in_force_from <= current_date)
      and (s.repealed_on is null or s.repealed_on > current_date)
    order by s.id`,
    (field) => mayAskFor(context, field),
  )
  const rows = await context.db.query<StatuteRow & { readonly asked: readonly string[] }>(text, params)
  const byCode = new Map(codes.map((code) => [code, [] as StatuteRow[]]))
  for (const row of rows) for (const code of row.asked) byCode.get(code)?.push(row)
  return codes.map((code) => byCode.get(code) ?? [])
}

/**
 * Finds the instruments that bind each of these countries, in the order of the ids. Each country has a day on which it became bound.
 * Without countries, finds all instruments.
 */
export async function instrumentsBinding(db: Reader, countries: readonly string[]): Promise<readonly InstrumentRow[]> {
  const { text, params } = compile(sql`
    select ${INSTRUMENTS.select} from legal.instrument i
    where not exists (
      select from unnest(${countries}::text[]) as wanted(country)
      where not exists (
        select from legal.participation t
        where t.instrument_id = i.id and t.country = wanted.country and t.bound_on is not null))
    order by i.id`)
  return db.query<InstrumentRow>(text, params)
}
