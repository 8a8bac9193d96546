import { ABSENT_KEY, descendingDateKey } from '../../contract/cursor.ts'
import { parseRecordId } from '../../contract/record-id.ts'
import { anyOf, type Sql, sql } from '../kit/sql.ts'

/** `CaseFilter` of the schema. A member that is null or left out filters nothing. */
export interface CaseFilter {
  readonly iccs?: readonly string[] | null
  readonly status?: readonly string[] | null
  readonly category?: readonly string[] | null
  readonly subdivision?: readonly string[] | null
  readonly filedFrom?: string | null
  readonly filedTo?: string | null
  readonly organisedCrime?: boolean | null
  readonly participant?: string | null
}

type Conditions = { readonly [Member in keyof CaseFilter]-?: (value: NonNullable<CaseFilter[Member]>) => Sql }

const CONDITIONS: Conditions = {
  iccs: (codes) =>
    sql`exists (select from cases.offence o where o.case_id = c.id and (${anyOf(codes.map(underCode))}))`,
  status: (values) => sql`c.status = any(${values}::text[])`,
  category: (values) => sql`c.category = any(${values}::text[])`,
  subdivision: (values) => sql`c.subdivision = any(${values}::text[])`,
  // By the key of the usual order, whose index then gives the range and the order at once. An absent day's key is the last.
  filedFrom: (day) => sql`c.filed_desc_key <= ${descendingDateKey(day)}::text`,
  filedTo: (day) => sql`c.filed_desc_key >= ${descendingDateKey(day)}::text and c.filed_desc_key < ${ABSENT_KEY}::text`,
  organisedCrime: (value) =>
    sql`exists (select from cases.offence o where o.case_id = c.id and o.organised_crime = ${value}::boolean)`,
  participant: (id) => sql`exists (
    select from cases.participant t where t.person_id = ${id}::text and t.case_id = c.id and not t.protected)`,
}

// Codes are digits, so everything under 0204 lies before «0204:» in the order of bytes. Each range stands by itself in the
// statement, for then PostgreSQL knows how many rows it has.
function underCode(code: string): Sql {
  return sql`o.iccs >= ${code}::text and o.iccs < ${`${code}:`}::text`
}

/**
 * The conditions of a filter over `cases.case_file c`; a case must meet every one. A list is met by any of its values, so that an
 * empty one is met by no case. Days are inclusive, and a case without a filing date meets none. `iccs`, `organisedCrime` and
 * `participant` are each met by any one charge or participant, not all by the same. Victims and witnesses are never matched.
 * @throws {IstmoError} `ID_INVALID` when `participant` is no record id.
 */
export function caseConditions(filter: CaseFilter | null | undefined): readonly Sql[] {
  if (filter?.participant !== null && filter?.participant !== undefined) parseRecordId(filter.participant)
  return Object.entries(filter ?? {}).flatMap(([member, value]) => {
    const condition = CONDITIONS[member as keyof CaseFilter] as ((value: unknown) => Sql) | undefined
    return condition && value !== null && value !== undefined ? [condition(value)] : []
  })
}
